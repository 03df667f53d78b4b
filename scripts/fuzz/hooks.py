"""What Schemathesis does besides its own for the shop: signs in, sends real things, looks closer.

Loaded by `schemathesis run` in the process that scripts/fuzz starts (SCHEMATHESIS_HOOKS); FUZZ_*
variables say as whom, with which seed, how many cases of the coverage phase, and where to log.
"""

import json
import os
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import httpx
import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import JsonSchemaError, RejectedPositiveData

from scripts.fuzz.refusals import is_beyond_schemas
from scripts.fuzz.requests import (
    REAL,
    REAL_OF_ACCOUNTS,
    REAL_OF_CUSTOMERS,
    REAL_OF_STAFF,
    Parts,
)
from scripts.fuzz.shop import Account, Shop
from scripts.journey import Unexpected

BASE_URL = os.environ["FUZZ_BASE_URL"]
ROLE = os.environ["FUZZ_ROLE"]
SEED = os.environ["FUZZ_SEED"]
COVERAGE_SHARE = float(os.environ["FUZZ_COVERAGE_SHARE"])
LOG = Path(os.environ["FUZZ_LOG"])
SHARE_OF_REAL = 0.5
PROBLEM = "application/problem+json"
HEADERS = (
    "X-Request-ID",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Cache-Control",
    "Referrer-Policy",
)
COUNTS = ("RateLimit", "RateLimit-Policy")
# The server in front of the shop answers with these before anybody is counted.
UNCOUNTED = {414, 431}
REAL_HERE = {
    "guest": REAL,
    "customer": REAL | REAL_OF_ACCOUNTS | REAL_OF_CUSTOMERS,
    "staff": REAL | REAL_OF_ACCOUNTS | REAL_OF_STAFF,
}[ROLE]

chance = Random(f"{SEED} {ROLE}")  # noqa: S311 – the same cases for the same seed
generated: set[str] = set()
# Right all over, but Schemathesis takes the bytes of a file for no string and so for wrong.
with_a_file: set[str] = set()


def account(variable: str) -> Account:
    email, _, password = os.environ[variable].partition(" ")
    return Account(BASE_URL, email, password)


staff = account("FUZZ_STAFF")
caller = {"guest": None, "customer": account("FUZZ_CUSTOMER"), "staff": staff}[ROLE]
shop = Shop(
    BASE_URL,
    staff=staff,
    caller=caller,
    webhook_secret=os.environ["SHOP_SANDBOX_WEBHOOK_SECRET"],
)

if caller is not None:
    credentials = caller.credentials

    @schemathesis.auth(refresh_interval=240)
    class SignedIn:
        """A session of the caller; after a 401 a new one, for logging out is a case too."""

        def get(self, case: Case[Any], context: schemathesis.AuthContext) -> str:  # noqa: ARG002
            session = Account(BASE_URL, **credentials)
            return session.headers["Authorization"]

        def set(self, case: Case[Any], data: str, context: schemathesis.AuthContext) -> None:  # noqa: ARG002
            case.headers["Authorization"] = data


@schemathesis.hook
def filter_case(context: HookContext, case: Case[Any]) -> bool:  # noqa: ARG001
    """Take a share of the coverage phase, which would be thousands: other seeds, other shares."""
    if case.meta is None or _phase(case) != TestPhase.COVERAGE:
        return True
    position = crc32(f"{SEED} {case.method} {case.path} {case.meta.phase.data}".encode())
    return position % 1000 < COVERAGE_SHARE * 1000


@schemathesis.hook
def map_case(context: HookContext, case: Case[Any]) -> Case[Any]:  # noqa: ARG001
    """Remember which cases are generated: those that a check derives stay as they are."""
    generated.add(case.id)
    return case


@schemathesis.hook
def before_add_examples(context: HookContext, examples: list[Case[Any]]) -> None:  # noqa: ARG001
    """Remember those of the examples phase, which do not pass map_case."""
    generated.update(example.id for example in examples)


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001
    """Put real things into examples and into every other request, where they are to be right."""
    if case.id not in generated:
        return
    generated.discard(case.id)
    make = REAL_HERE.get(case.operation.label)
    share = 1.0 if _phase(case) == TestPhase.EXAMPLES else SHARE_OF_REAL
    if make is None or chance.random() > share or _belongs_to_a_story(case):
        return
    try:
        _put(make(shop), case)
    except (Unexpected, httpx.HTTPError) as error:
        _write(kind="unprepared", operation=case.operation.label, why=str(error)[:300])


def _belongs_to_a_story(case: Case[Any]) -> bool:
    """Tell whether the case follows a link: what it is about comes from the answer before."""
    return _phase(case) == TestPhase.STATEFUL and bool(case.path_parameters)


def _phase(case: Case[Any]) -> TestPhase | None:
    return case.meta.phase.name if case.meta else None


def _put(parts: Parts, case: Case[Any]) -> None:
    if _is_right(case, ParameterLocation.PATH):
        case.path_parameters = {**case.path_parameters, **parts.path}
    if _is_right(case, ParameterLocation.HEADER):
        for name, value in parts.headers.items():
            case.headers.pop(name, None)
            if value is not None:
                case.headers[name] = value
    if parts.file is not None and all(_is_right(case, location) for location in ParameterLocation):
        form: Any = {"file": parts.file}
        case.body = form
        with_a_file.add(case.id)
    if parts.body is not None and _is_right(case, ParameterLocation.BODY):
        case.body = parts.body


def _is_right(case: Case[Any], location: ParameterLocation) -> bool:
    return case.meta is None or not case.meta.is_negative_at(location)


@schemathesis.check
def answer_is_as_documented(context: CheckContext, response: Response, case: Case[Any]) -> None:  # noqa: ARG001
    """Look at what the document cannot say, and count the case."""
    _write(
        kind="case",
        operation=case.operation.label,
        phase=_phase(case),
        status=response.status_code,
    )
    expected = HEADERS if response.status_code in UNCOUNTED else HEADERS + COUNTS
    missing = [name for name in expected if name.lower() not in response.headers]
    assert not missing, f"the answer lacks {', '.join(missing)}"  # noqa: S101
    if response.status_code >= 400:  # noqa: PLR2004
        _check_problem(response, case)


def _check_problem(response: Response, case: Case[Any]) -> None:
    media_type = response.headers["content-type"][0]
    assert media_type == PROBLEM, f"an error is {media_type}, not {PROBLEM}"  # noqa: S101
    problem = response.json()
    assert problem["status"] == response.status_code, "the problem states another status"  # noqa: S101
    if case.method.upper() == case.operation.method.upper():
        codes = _documented_codes(case, response.status_code)
        code = problem["code"]
        assert code in codes, f"{response.status_code} {code} is not among {sorted(codes)}"  # noqa: S101


def _documented_codes(case: Case[Any], status: int) -> set[str]:
    """Return the codes that the document lists for this operation and status."""
    document = case.operation.schema.raw_schema
    operation = document["paths"][case.operation.path][case.operation.method.lower()]
    response = _followed(operation["responses"].get(str(status), {}), document)
    schema = _followed(response.get("content", {}).get(PROBLEM, {}).get("schema", {}), document)
    return {
        code
        for part in (schema, *schema.get("allOf", []))
        for code in part.get("properties", {}).get("code", {}).get("enum", [])
    }


def _followed(part: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference points to."""
    while "$ref" in part:
        _, section, kind, name = part["$ref"].split("/")
        part = document[section][kind][name]
    return part


@schemathesis.hook
def filter_failure(
    context: HookContext,  # noqa: ARG001
    failure: Failure,
    case: Case[Any],
    response: Response,
) -> bool:
    """Note the failure with a line that repeats it, unless it is none."""
    if isinstance(failure, RejectedPositiveData) and is_beyond_schemas(response.json(), case):
        return False
    if isinstance(failure, AcceptedNegativeData) and case.id in with_a_file:
        return False
    # Members of a card that were not asked for are absent, as the description of `fields` says.
    if isinstance(failure, JsonSchemaError) and "fields" in (case.query or {}):
        return False
    _write(
        kind="failure",
        operation=case.operation.label,
        phase=_phase(case),
        title=failure.title,
        message=failure.message[:1000],
        answer=f"{response.status_code} {response.text[:500]}",
        curl=case.as_curl_command(headers=dict(response.request.headers)),
    )
    return True


def _write(**line: Any) -> None:
    with LOG.open("a") as log:
        log.write(json.dumps({"role": ROLE, **line}) + "\n")
