"""What every operation of the OpenAPI document has in common: problems and the request id."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from ecommerce_backend.common.problems import MEDIA_TYPE

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_REQUEST_ID_PATTERN = "^[A-Za-z0-9._-]{8,64}$"
_FAULT = {
    "type": "object",
    "description": "One part of the request that is wrong.",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "JSON pointer (RFC 6901) into the body, or a query parameter's name.",
            "examples": ["/lines/0/quantity"],
        },
        "code": {"type": "string", "examples": ["min_value"]},
        "detail": {"type": "string"},
    },
}
_PROBLEM = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457). Decide by `code`, which does not change.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["urn:nexus:problem:invalid"]},
        "title": {"type": "string", "examples": ["Invalid"]},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "For people."},
        "instance": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string", "description": "For programs.", "examples": ["invalid"]},
        "request_id": {"type": ["string", "null"]},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
    },
}
_DESCRIPTIONS = {
    "400": "The request is not valid.",
    "401": "Nobody is signed in, or the token is not valid any more.",
    "403": "The account may not do this.",
    "404": "There is no such thing, or it is somebody else's.",
    "409": "The shop is in a state in which this cannot be done.",
    "429": "Too many requests; `Retry-After` says how many seconds to wait.",
    "default": "Any other refusal.",
}


class OnceGenerator(SchemaGenerator):
    """The document follows from the code alone, so that a process makes it once and keeps it."""

    def get_schema(self, request: Any = None, public: Any = None) -> Any:  # noqa: ARG002
        return _document()


@cache
def _document() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def document_problems(
    result: dict[str, Any],
    generator: object,  # noqa: ARG001
    request: object,  # noqa: ARG001
    public: bool,  # noqa: ARG001, FBT001
) -> dict[str, Any]:
    """Add to each operation a title, its refusals and the request id; a hook of drf-spectacular."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(Problem=_PROBLEM, Fault=_FAULT)
    components["headers"] = {"RequestId": _request_id_header()}
    components["parameters"] = {"RequestId": _request_id_parameter()}
    for path, method, operation in _operations(result):
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/RequestId"})
        first_line = operation.get("description", "").partition("\n")[0].rstrip(".")
        operation.setdefault("summary", first_line)
        responses = operation["responses"]
        for status in _refusals(path, method, operation):
            responses.setdefault(status, {"description": _DESCRIPTIONS[status]})
        for status, response in responses.items():
            _complete(status, response)
    return result


def _operations(result: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if method in _METHODS:
                yield path, method, operation


def _refusals(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    if "requestBody" in operation or any(
        parameter.get("in") == "query" for parameter in operation["parameters"]
    ):
        yield "400"
    security = operation.get("security", [])
    if security and {} not in security:
        yield "401"
    if "/staff/" in path:
        yield "403"
    if "{" in path:
        yield "404"
    if method != "get":
        yield "409"
    yield from ("429", "default")


def _complete(status: str, response: dict[str, Any]) -> None:
    response.setdefault("headers", {})["X-Request-ID"] = {"$ref": "#/components/headers/RequestId"}
    if status == "default" or status >= "400":
        stated = response.pop("content", {})
        media: dict[str, Any] = next(iter(stated.values()), {})
        response["content"] = {
            MEDIA_TYPE: {**media, "schema": {"$ref": "#/components/schemas/Problem"}}
        }


def _request_id_header() -> dict[str, Any]:
    return {
        "description": "Names this request in the shop's log.",
        "schema": {"type": "string", "pattern": _REQUEST_ID_PATTERN},
    }


def _request_id_parameter() -> dict[str, Any]:
    return {
        "name": "X-Request-ID",
        "in": "header",
        "description": "Your own name for this request; one that is not well-formed is replaced.",
        "schema": {"type": "string", "pattern": _REQUEST_ID_PATTERN},
    }
