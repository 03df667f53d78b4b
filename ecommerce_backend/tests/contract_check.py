"""Holds every answer that a test gets from the API to the OpenAPI document.

What the document does not list may not be answered: status, type, code, member and header.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote

import jsonschema_rs
import orjson
from django.contrib.admindocs.views import simplify_regex
from django.http import HttpResponse
from django.urls import Resolver404, resolve

from ecommerce_backend.common.openapi.generator import document

URLCONF = "ecommerce_backend.urls"  # a test may have addresses of its own; those are not the shop's
PREFIX = "/api/v1/"
_PLACEHOLDER = re.compile(r"<[^>]*>|\{[^}]*\}")
# Of these one more than the document says is a fault too.
_TOLD_HEADERS = ("ETag", "Location", "Retry-After", "WWW-Authenticate", "X-Order-Token")
_URI = "urn:nexus:document"


class Breach(AssertionError):
    """The API answered what its document does not say."""


class Operation(NamedTuple):
    """One operation of the document; `responses` are JSON pointers by status."""

    id: str
    responses: Mapping[str, str]


def check(response: HttpResponse, *, method: str, path: str, query: str = "") -> None:
    """Raise Breach for an answer to an operation of the API that the document does not have.

    Of what a list shows for a query with `fields`, members may be absent, as its description says.
    """
    operation = _operation_of("GET" if method == "HEAD" else method, path)
    if operation is None:
        return
    place = f"{method} {path} ({operation.id}) answered {response.status_code}"
    pointer = operation.responses.get(str(response.status_code))
    if pointer is None:
        raise Breach(f"{place}, which is not listed: {response.content[:300]!r}")
    _check_headers(response, pointer, place)
    if method != "HEAD":
        _check_body(response, pointer, place, is_sparse="fields" in parse_qs(query))


def _operation_of(method: str, path: str) -> Operation | None:
    if not path.startswith(PREFIX):
        return None
    try:
        route = resolve(path, urlconf=URLCONF).route
    except Resolver404:
        return None
    return _operations().get((_shape(simplify_regex(route)), method))


def _shape(path: str) -> str:
    """Return a path without the names of its placeholders, which routes and document differ in."""
    return _PLACEHOLDER.sub("{}", path)


@cache
def _operations() -> Mapping[tuple[str, str], Operation]:
    return {
        (_shape(path), method.upper()): Operation(
            operation["operationId"],
            {
                status: answer.get("$ref", "#").removeprefix("#")
                or f"/paths/{path.replace('/', '~1')}/{method}/responses/{status}"
                for status, answer in operation["responses"].items()
            },
        )
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
    }


@cache
def _at(pointer: str) -> Any:
    """Return what is at a JSON pointer (RFC 6901) into the document."""
    found = document()
    for step in pointer.split("/")[1:]:
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return _at(found["$ref"].removeprefix("#")) if "$ref" in found else found


def _check_headers(response: HttpResponse, pointer: str, place: str) -> None:
    headers = _at(f"{pointer}/headers")
    for name in headers:
        if _at(f"{pointer}/headers/{name}").get("required") and name not in response.headers:
            raise Breach(f"{place} without {name}")
    for name in _TOLD_HEADERS:
        if name in response.headers and name not in headers:
            raise Breach(f"{place} with a {name} that is not listed")


def _check_body(response: HttpResponse, pointer: str, place: str, *, is_sparse: bool) -> None:
    content = _at(pointer).get("content")
    if content is None:
        if response.content:
            raise Breach(f"{place} with a body that is not listed: {response.content[:300]!r}")
        return
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    if media_type not in content:
        raise Breach(f"{place} as {media_type!r}, which is not listed")
    if media_type.endswith("json"):
        validator = _validator(f"{pointer}/content/{media_type.replace('/', '~1')}/schema")
        errors = validator.iter_errors(orjson.loads(response.content))
        if is_sparse:
            errors = (error for error in errors if not _is_absence_from_a_card(error))
        error = next(iter(errors), None)
        if error is not None:
            raise Breach(f"{place}, but at {error.instance_path}: {error.message[:500]}")


def _is_absence_from_a_card(error: jsonschema_rs.ValidationError) -> bool:
    where = error.instance_path
    return error.schema_path[-1] == "required" and where[:1] == ["results"] and len(where) == 2


@cache
def _validator(pointer: str) -> jsonschema_rs.Draft202012Validator:
    # Problems are open, as RFC 9457 §3.2 has it; of ours every member is told.
    schema = {"$ref": f"{_URI}#{quote(pointer, safe='/~')}", "unevaluatedProperties": False}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, registry=_registry())


@cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(_URI, document())])
