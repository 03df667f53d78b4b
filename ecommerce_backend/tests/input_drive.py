"""Sends inputs to every operation of the OpenAPI document, and tells wrong answers."""

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, NamedTuple, Self
from uuid import uuid4

from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from users.models import User

_HERE = "the value goes here"
_WRITES = ("INSERT", "UPDATE", "DELETE", "SELECT PROCRASTINATE")
# An answer under an Idempotency-Key is kept, a refusal too.
# What a refusal may leave: the key it was asked under, and who was refused.
_KEPT = ("common_idempotencyrecord", "common_auditrecord")
_NEEDED = {
    "/api/v1/shipping-methods/": "country=GB",
    "/api/v1/products/suggest/": "q=mug",
}
_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One request: what is sent, and in which words a failure names it."""

    name: str
    method: str
    path: str
    query: str = ""
    content: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.name}"


class Field(NamedTuple):
    """A field of a body by its pointer; `origin` is the same wherever its schema is used."""

    pointer: tuple[str | int, ...]
    origin: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation of the document with a request that it would serve."""

    template: str
    method: str
    security: tuple[str, ...]
    fields: tuple[Field, ...]
    query_parameters: tuple[str, ...]
    header_parameters: tuple[str, ...]
    takes_body: bool
    example: Any
    arguments: Mapping[str, str]
    query: str = ""

    @property
    def is_for_staff(self) -> bool:
        return "/staff/" in self.template

    @property
    def needs_a_sign_in(self) -> bool:
        return bool(self.security) and "" not in self.security

    @property
    def path(self) -> str:
        return self.path_with(self.arguments)

    def path_with(self, arguments: Mapping[str, str]) -> str:
        path = self.template
        for name, value in arguments.items():
            path = path.replace(f"{{{name}}}", value)
        return path

    def attempt(self, name: str, **changes: Any) -> Attempt:
        """Return a request that would be served, but for the changes."""
        usual = Attempt(
            name=name,
            method=self.method,
            path=self.path,
            query=self.query,
            content=b"" if self.example is None else json.dumps(self.example).encode(),
            content_type="" if self.example is None else "application/json",
        )
        return replace(usual, **changes)

    def with_field(self, pointer: tuple[str | int, ...], value: str) -> bytes:
        """Return the example with a JSON text in place of one field."""
        body = deepcopy(self.example)
        holder: Any = body
        for step, following in pairwise(pointer):
            holder = _member(holder, step, [] if isinstance(following, int) else {})
        _put(holder, pointer[-1], _HERE)
        return json.dumps(body).replace(json.dumps(_HERE), value).encode("utf-8", "surrogatepass")


def _member(holder: Any, step: str | int, empty: Any) -> Any:
    if isinstance(holder, list):
        if not holder:
            holder.append(empty)
        return holder[0]
    return holder.setdefault(step, empty)


def _put(holder: Any, step: str | int, value: str) -> None:
    if isinstance(holder, list):
        holder[:] = [value]
    else:
        holder[step] = value


def operations(
    document: Mapping[str, Any],
    *,
    arguments: Mapping[str, Mapping[str, str]],
    values: Mapping[str, Mapping[str, Any]],
) -> list[Operation]:
    """Return all operations. `arguments` fill the path's placeholders, by the path's beginning.

    `values` are fields of the examples that only this database can know, by the path.
    """
    return [
        _operation(document, template, method, operation, arguments, values)
        for template, found in document["paths"].items()
        for method, operation in found.items()
    ]


def _operation(
    document: Mapping[str, Any],
    template: str,
    method: str,
    operation: Mapping[str, Any],
    arguments: Mapping[str, Mapping[str, str]],
    values: Mapping[str, Mapping[str, Any]],
) -> Operation:
    parameters = [_resolved(document, part) for part in operation.get("parameters", [])]
    content = operation.get("requestBody", {}).get("content", {})
    media = content.get("application/json", {})
    example: Any = next((one["value"] for one in media.get("examples", {}).values()), None)
    if example is not None:
        example = {**example, **values.get(template, {})}
    given = max((start for start in arguments if template.startswith(start)), key=len)
    return Operation(
        template=template,
        method=method.upper(),
        security=tuple(next(iter(way), "") for way in operation.get("security", [])),
        fields=tuple(_fields(document, media.get("schema", {}), origin=template)),
        query_parameters=tuple(part["name"] for part in parameters if part["in"] == "query"),
        header_parameters=tuple(part["name"] for part in parameters if part["in"] == "header"),
        takes_body=bool(content),
        example=example,
        arguments=arguments[given],
        query=_NEEDED.get(template, ""),
    )


def _resolved(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = document
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return _resolved(document, found)


def _fields(
    document: Mapping[str, Any],
    schema: Mapping[str, Any],
    pointer: tuple[str | int, ...] = (),
    *,
    origin: str,
) -> Iterator[Field]:
    for part in (schema, *schema.get("allOf", ())):
        whole = _resolved(document, part)
        origin = part.get("$ref", origin).replace("/Patched", "/")
        members: list[tuple[str | int, Any]] = [*whole.get("properties", {}).items()]
        if "items" in whole:
            members.append((0, whole["items"]))
        for name, member in members:
            yield Field((*pointer, name), f"{origin}/{name}")
            yield from _fields(document, member, (*pointer, name), origin=f"{origin}/{name}")


class Caller:
    """Somebody who sends attempts. What one changed is undone, back to the savepoint.

    Not atomic(), which would stand around the views' own durable transactions.
    """

    def __init__(self, client: APIClient, *, savepoint: str, **headers: str) -> None:
        self.client = client
        self.user: User | None = None
        self.client.raise_request_exception = False
        self.savepoint = savepoint
        self.headers = headers

    def passing_on(self, user: User) -> Self:
        """Undo what a view changed of the very object that the client passes on, too."""
        self.user = user
        return self

    def complaints(self, attempts: Iterable[Attempt]) -> list[str]:
        """Return what is wrong with the answers, a line each."""
        return [
            f"{attempt}: {complaint}"
            for attempt in attempts
            for complaint in _complaints(*self._observed(attempt))
        ]

    def answer(self, attempt: Attempt) -> Any:
        return self._observed(attempt)[0]

    def _observed(self, attempt: Attempt) -> tuple[Any, list[str]]:
        """Return the answer, and the statements that changed something and were not taken back."""
        witness = _Witness()
        with connection.execute_wrapper(witness):
            response = self._sent(attempt)
        if witness.has_to_be_undone:
            transaction.savepoint_rollback(self.savepoint)
            transaction.set_rollback(False)
            if self.user is not None:
                self.user.refresh_from_db()
        return response, witness.written

    def _sent(self, attempt: Attempt) -> Any:
        headers = {"Idempotency-Key": uuid4().hex, **self.headers, **attempt.headers}
        query = f"?{attempt.query}" if attempt.query else ""
        return self.client.generic(
            attempt.method,
            attempt.path + query,
            attempt.content,  # type: ignore[arg-type]
            content_type=attempt.content_type,
            headers=headers,
        )


class _Witness:
    """Sees each statement of a request."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.marks: dict[str, int] = {}
        self.has_to_be_undone = False

    def __call__(self, execute: Any, sql: Any, *arguments: Any) -> Any:
        self._note(str(sql).strip())
        try:
            return execute(sql, *arguments)
        except DatabaseError:
            self.has_to_be_undone = True
            raise

    def _note(self, text: str) -> None:
        if text.startswith("SAVEPOINT "):
            self.marks[text.rpartition(" ")[2]] = len(self.written)
        elif text.startswith("ROLLBACK TO SAVEPOINT "):
            del self.written[self.marks[text.rpartition(" ")[2]] :]
        elif text.upper().startswith(_WRITES):
            self.has_to_be_undone = True
            if not any(table in text for table in _KEPT):
                self.written.append(text[:100])


def _complaints(response: Any, written: list[str]) -> Iterator[str]:
    if response.status_code >= 500:
        yield f"{response.status_code} {response.content[:200]!r}"
    elif response.status_code >= 400:
        yield from _shape(response)
        if written:
            yield f"{response.status_code}, and yet {written}"


def _shape(response: Any) -> Iterator[str]:
    if response["Content-Type"] != "application/problem+json":
        yield f"{response.status_code} as {response['Content-Type']}"
        return
    problem = response.json()
    if problem["status"] != response.status_code or not problem["code"]:
        yield f"{response.status_code} with {problem}"
    if problem["request_id"] != response["X-Request-ID"]:
        yield "another request id in the header"
    if not response["Content-Security-Policy"].startswith("default-src 'none'"):
        yield f"policy {response['Content-Security-Policy']}"
    for name, value in _HEADERS.items():
        if response.get(name) != value:
            yield f"{name}: {response.get(name)}"
