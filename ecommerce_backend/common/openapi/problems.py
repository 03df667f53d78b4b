"""How refusals are written into the document: one response for each status."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from typing import Any

from django.http import HttpRequest

from ecommerce_backend.common.errors import Fault
from ecommerce_backend.common.openapi.components import Schema, header
from ecommerce_backend.common.openapi.refusals import INVALID, KERNEL_REFUSALS, Refusal
from ecommerce_backend.common.problems import MEDIA_TYPE, problem

_EXAMPLE_ID = "b4c0f1d2a3e94f6b8d7c6a5e4f3b2a19"
_EXAMPLE_FAULT: Fault = {
    "pointer": "/quantity",
    "code": "min_value",
    "detail": "Ensure this value is greater than or equal to 1.",
}
_ALWAYS = ("X-Request-ID", "Cache-Control")
_LIMITS = ("RateLimit-Policy", "RateLimit")
# The server in front of the shop answers these, before anything is counted.
_UNCOUNTED = frozenset(
    {
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    }
)
_BY_STATUS: Mapping[int, Sequence[str]] = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}
_SHARED_PATH = "/api/v1/"
# What clients call the refusals that many operations share; others are named by their codes.
_NAMES: Mapping[tuple[str, ...], str] = {
    ("bad_request", "invalid"): "InvalidQuery",
    ("bad_request", "invalid", "parse_error"): "InvalidBody",
    ("bad_request", "idempotency_key_invalid", "invalid", "parse_error"): "InvalidBodyOrKey",
    (
        "bad_request",
        "idempotency_key_invalid",
        "idempotency_key_required",
        "invalid",
        "parse_error",
    ): "InvalidBodyOrMissingKey",
    ("not_authenticated", "token_invalid"): "Unauthorized",
    ("https_required", "permission_denied"): "Forbidden",
    ("conflict", "idempotency_in_progress"): "ConflictOrInProgress",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """All refusals of an operation that have one status.

    What only the kernel refuses reads the same on every operation, so `is_shared`: it is written
    once, under a name made of its codes.
    """

    status: int
    name: str
    is_shared: bool
    schema: Schema
    response: Schema

    @property
    def reference(self) -> Schema:
        """Return what the operation says: where the response is, or the response itself."""
        return {"$ref": f"#/components/responses/{self.name}"} if self.is_shared else self.response


def answers(refusals: Iterable[Refusal], *, operation: str, path: str) -> Iterator[Answer]:
    """Yield the refusals of an operation by status. `path` is that of the examples."""
    for status, group in groupby(refusals, key=lambda refusal: refusal.status):
        alike = list(group)
        is_shared = all(refusal in KERNEL_REFUSALS for refusal in alike)
        name = _shared_name(alike) if is_shared else f"{_camel(operation)}{_reason(status)}"
        yield Answer(
            status=status,
            name=name,
            is_shared=is_shared,
            schema=_schema(alike),
            response=_response(alike, name=name, path=_SHARED_PATH if is_shared else path),
        )


def headers(status: int) -> dict[str, Schema]:
    """Return the headers that every answer with this status has."""
    limits = () if status in _UNCOUNTED else _LIMITS
    return {name: header(name) for name in (*_ALWAYS, *limits, *_BY_STATUS.get(status, ()))}


def _response(refusals: Sequence[Refusal], *, name: str, path: str) -> Schema:
    return {
        "description": "\n".join(f"- `{refusal.code}`: {refusal.detail}" for refusal in refusals),
        "headers": headers(refusals[0].status),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": f"#/components/schemas/{name}"},
                "examples": {
                    refusal.code: {"value": _example(refusal, path)} for refusal in refusals
                },
            }
        },
    }


def _schema(refusals: Sequence[Refusal]) -> Schema:
    status = refusals[0].status
    members = {name: schema for refusal in refusals for name, schema in refusal.extension.items()}
    return {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {
                "type": "object",
                "properties": {
                    "status": {"type": "integer", "minimum": status, "maximum": status},
                    "code": {"type": "string", "enum": [refusal.code for refusal in refusals]},
                    **members,
                },
            },
        ]
    }


def _example(refusal: Refusal, path: str) -> dict[str, Any]:
    request = HttpRequest()
    request.path = path
    request.request_id = _EXAMPLE_ID  # type: ignore[attr-defined]
    return problem(
        request,
        status=refusal.status,
        code=refusal.code,
        detail=refusal.detail,
        faults=[_EXAMPLE_FAULT] if refusal.code == INVALID.code else (),
        extra={name: schema["examples"][0] for name, schema in refusal.extension.items()},
    )


def _shared_name(refusals: Sequence[Refusal]) -> str:
    codes = tuple(refusal.code for refusal in refusals)
    return _NAMES.get(codes) or "Or".join(_camel(code) for code in codes)


def _reason(status: int) -> str:
    return "".join(HTTPStatus(status).phrase.title().split())


def _camel(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("_"))
