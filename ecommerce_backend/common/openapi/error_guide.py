"""docs/errors.md: every code of the API, for people who write clients."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from ecommerce_backend.common.openapi.refusals import REFUSALS, Refusal

_INTRODUCTION = """\
# Errors

Every refusal is a problem document (RFC 9457, `application/problem+json`):

```json
{
  "type": "urn:nexus:problem:cart_empty",
  "title": "Cart empty",
  "status": 409,
  "detail": "There is nothing in the cart.",
  "instance": "/api/v1/orders/",
  "code": "cart_empty",
  "request_id": "b4c0f1d2a3e94f6b8d7c6a5e4f3b2a19"
}
```

Decide by `code`: it does not change. Show `detail` to people. `errors`, where there is one, points
at the parts of the request that are wrong: `pointer` is a JSON pointer (RFC 6901) into the body or
the name of a query parameter. Give `request_id` to whoever looks into the shop's log.

This page is written by `python manage.py write_error_guide`.
"""
_AT_ANY_ADDRESS = (
    Refusal(
        status=404,
        code="not_found",
        detail="There is nothing at this address.",
        advice="Check the address; those of the API end in a slash.",
    ),
    Refusal(
        status=405,
        code="method_not_allowed",
        detail="This method cannot be used here.",
        advice="Use one of the methods in `Allow`.",
    ),
    Refusal(
        status=500,
        code="server_error",
        detail="Something went wrong on our side. It has been recorded under this request id.",
        advice="Tell the shop the `request_id`. It is a bug.",
    ),
)
# What only the server in front of the shop answers (nginx/problems).
_FROM_THE_FRONT = (
    (408, "request_timeout", "The request took too long to arrive.", "Send it again."),
    (
        421,
        "misdirected_request",
        "This connection was opened for another name. Ask on a new one.",
        "Open a connection for each name of the shop.",
    ),
    (
        501,
        "not_implemented",
        "The shop does not know this transfer coding.",
        "Send the body with a Content-Length.",
    ),
    (
        502,
        "bad_gateway",
        "The shop is briefly unavailable. Try again in a moment.",
        "Wait a few seconds and repeat, with the same Idempotency-Key where there was one.",
    ),
    (
        504,
        "gateway_timeout",
        "The shop took too long to answer. Try again in a moment.",
        "It may have been done: repeat with the same Idempotency-Key where there was one.",
    ),
    (505, "http_version_not_supported", "Use HTTP/1.1 or HTTP/2.", "Configure the HTTP client."),
)
_KINDS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "any address": lambda _: False,
    "every operation": lambda _: True,
    "every operation that is not a GET": lambda operation: operation["method"] != "get",
    "every operation that needs an access token": lambda operation: (
        {} not in operation["security"] and bool(operation["security"])
    ),
    "every operation for staff": lambda operation: operation["tags"][0].startswith("staff_"),
}


@dataclass
class Entry:
    """One code with what it can mean, and the operations that answer with it."""

    code: str
    status: int
    meanings: dict[str, str] = field(default_factory=dict)  # what to do, by what it says
    operations: set[str] = field(default_factory=set)

    def add(self, refusal: Refusal) -> None:
        self.meanings.setdefault(refusal.detail, refusal.advice)


def error_guide() -> str:
    """Return the text of docs/errors.md."""
    operations = _operations()
    sections = _sections(_entries(operations), operations)
    return "\n".join([_INTRODUCTION, *sections, *_table(operations)])


def _operations() -> Mapping[str, Mapping[str, Any]]:
    """Return every operation by its id, as it is before its refusals are written out."""
    paths = SchemaGenerator().parse(None, True)  # type: ignore[no-untyped-call]  # noqa: FBT003
    return {
        operation["operationId"]: {**operation, "method": method, "path": path}
        for path, operations in paths.items()
        for method, operation in operations.items()
    }


def _entries(operations: Mapping[str, Mapping[str, Any]]) -> list[Entry]:
    entries: dict[tuple[int, str], Entry] = {}
    told = [
        *(
            (name, refusal)
            for name, operation in operations.items()
            for refusal in operation[REFUSALS]
        ),
        *((None, refusal) for refusal in _AT_ANY_ADDRESS),
        *(
            (None, Refusal(status=status, code=code, detail=detail, advice=advice))
            for status, code, detail, advice in _FROM_THE_FRONT
        ),
    ]
    for name, refusal in told:
        key = (refusal.status, refusal.code)
        entry = entries.setdefault(key, Entry(code=refusal.code, status=refusal.status))
        entry.add(refusal)
        entry.operations |= {name} if name else set()
    return [entries[key] for key in sorted(entries)]


def _sections(
    entries: Collection[Entry], operations: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    status = None
    for entry in entries:
        if entry.status != status:
            status = entry.status
            yield f"## {status} {HTTPStatus(status).phrase}\n"
        yield f"### `{entry.code}`\n"
        for meaning, advice in entry.meanings.items():
            yield f"{meaning}\n\nWhat to do: {advice}\n"
        yield f"Answered by: {_where(entry.operations, operations)}.\n"


def _where(names: Collection[str], operations: Mapping[str, Mapping[str, Any]]) -> str:
    for words, belongs in _KINDS.items():
        if set(names) == {name for name, operation in operations.items() if belongs(operation)}:
            return words
    return ", ".join(f"`{name}`" for name in sorted(names))


def _table(operations: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield "## Operations\n"
    yield "| operation | request |"
    yield "|---|---|"
    for name, operation in sorted(operations.items()):
        yield f"| `{name}` | `{operation['method'].upper()} {operation['path']}` |"
    yield ""
