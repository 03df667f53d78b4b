"""What the OpenAPI document does not name is refused; nothing that was sent vanishes silently."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from django.contrib.admindocs.views import simplify_regex
from django.http import HttpRequest, HttpResponse
from drf_spectacular.settings import spectacular_settings

from ecommerce_backend.common.errors import DomainError, Fault, Invalid
from ecommerce_backend.common.parsers import MAX_FAULTS, MAX_NAME
from ecommerce_backend.common.responses import refusal

MAX_PARAMETERS = 50
_SHORT = 64  # bytes that are read to see whether there is nothing in them
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PLACEHOLDER = re.compile(r"<[^>]*>|\{[^}]*\}")
# Python would also read "１", "1_000", "1e3" and " 1" as numbers.
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "integer": (re.compile(r"-?[0-9]{1,18}"), "Use a whole number, such as 20."),
    "number": (re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?"), "Use a plain number, such as 19.99."),
    "boolean": (re.compile(r"true|false|1|0"), "Use true or false."),
}
_document_lock = Lock()


class LengthRequired(DomainError):
    code = "length_required"
    message = "Send the body with a Content-Length; bodies in chunks are not read."
    http_status = 411
    advice = "Let your HTTP client send the whole body at once."


class UnsupportedMediaType(DomainError):
    code = "unsupported_media_type"
    message = "Send JSON in UTF-8, not compressed."
    http_status = 415
    advice = "Send `Content-Type: application/json` and no Content-Encoding."


class Family(NamedTuple):
    """Parameters whose names are data, as the members of one that is an object."""

    names: re.Pattern[str]
    schema: Mapping[str, Any]


class Operation(NamedTuple):
    """What the document says may be sent."""

    parameters: Mapping[str, Mapping[str, Any]]
    families: Sequence[Family]
    media_types: frozenset[str] | None


class StrictRequestMiddleware:
    """Hold each request of the API to its operation in the document, before the view sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        operation = _operation_of(request)
        if operation is None:
            return None
        try:
            _check_query(request, operation)
            _check_body(request, operation)
        except DomainError as error:
            return refusal(request, error)
        return None


def _operation_of(request: HttpRequest) -> Operation | None:
    if request.resolver_match is None or not request.path_info.startswith("/api/v1/"):
        return None
    method = "GET" if request.method == "HEAD" else request.method
    with _document_lock:  # so that threads of a new worker do not all make it
        return _operations().get((_shape(simplify_regex(request.resolver_match.route)), method))


@cache
def _operations() -> Mapping[tuple[str, str | None], Operation]:
    document = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)
    shared = document["components"].get("parameters", {})
    return {
        (_shape(path), method.upper()): _operation(operation, shared)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


def _operation(operation: Mapping[str, Any], shared: Mapping[str, Any]) -> Operation:
    parameters = [
        shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
        for parameter in operation.get("parameters", [])
    ]
    body = operation.get("requestBody")
    schemas = {
        parameter["name"]: parameter["schema"]
        for parameter in parameters
        if parameter["in"] == "query"
    }
    return Operation(
        parameters={
            name: schema for name, schema in schemas.items() if schema.get("type") != "object"
        },
        families=[
            Family(re.compile(schema["propertyNames"]["pattern"]), schema["additionalProperties"])
            for schema in schemas.values()
            if schema.get("type") == "object"
        ],
        media_types=None if body is None else frozenset(body["content"]),
    )


@cache
def _shape(path: str) -> str:
    """Return the path without its placeholders' names, which differ: <pk> is {id} there."""
    return _PLACEHOLDER.sub("{}", path)


def _check_query(request: HttpRequest, operation: Operation) -> None:
    faults = list(_query_faults(request.META.get("QUERY_STRING", ""), operation))
    if faults:
        raise Invalid(faults=faults[:MAX_FAULTS])


def _query_faults(query: str, operation: Operation) -> Iterator[Fault]:
    try:
        pairs = _pairs(query)
    except ValueError:
        yield _fault("", "malformed_parameter", "The query string is not UTF-8, or too much.")
        return
    known = operation.parameters
    seen: set[str] = set()
    for name, value in pairs:
        schema = known.get(name) or _of_family(name, operation.families)
        if name in seen and (schema is None or name in known):
            yield _fault(name[:MAX_NAME], "repeated_parameter", "This parameter is given twice.")
        elif schema is None:
            yield _fault(name[:MAX_NAME], "unknown_parameter", "There is no such parameter here.")
        elif reason := _malformed(value, schema):
            yield _fault(name, "malformed_parameter", reason)
        seen.add(name)


def _of_family(name: str, families: Sequence[Family]) -> Mapping[str, Any] | None:
    found = (family.schema for family in families if family.names.fullmatch(name))
    return next(found, None) if len(name) <= MAX_NAME else None


def _pairs(query: str) -> list[tuple[str, str]]:
    """Raise ValueError for what is not UTF-8 (Django would put in U+FFFD) or too much."""
    text = query.encode("latin-1").decode()  # WSGI hands bytes over as Latin-1 (PEP 3333)
    return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)


def _malformed(value: str, schema: Mapping[str, Any]) -> str | None:
    if _CONTROL.search(value):
        return "Control characters are refused."
    if "format" in schema and not value.isascii():
        return "Use ASCII characters alone."
    if not value and not _is_free_text(schema):
        return "Give it a value or leave it out."
    form, reason = _FORMS.get(str(schema.get("type")), (None, None))
    return reason if form and not form.fullmatch(value) else None


def _is_free_text(schema: Mapping[str, Any]) -> bool:
    narrows = schema.keys() & {"enum", "format", "minLength", "pattern"}
    return schema.get("type") == "string" and not narrows


def _fault(pointer: str, code: str, detail: str) -> Fault:
    return {"pointer": pointer, "code": code, "detail": detail}


def _check_body(request: HttpRequest, operation: Operation) -> None:
    in_chunks = "Content-Length" not in request.headers and "Transfer-Encoding" in request.headers
    if operation.media_types is None:
        if in_chunks or not _says_nothing(request):
            raise Invalid(faults=[_fault("", "unexpected_body", "Nothing is read here.")])
    elif in_chunks:
        raise LengthRequired
    elif _length(request):
        _check_media_type(request, operation.media_types)


def _check_media_type(request: HttpRequest, accepted: frozenset[str]) -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the body as it is, without a Content-Encoding.")
    if request.content_type not in accepted or not _is_utf8(request):
        raise UnsupportedMediaType


def _says_nothing(request: HttpRequest) -> bool:
    """Tell whether the body is empty, or the `{}` that some clients always send."""
    return _length(request) <= _SHORT and request.body.strip() in {b"", b"{}"}


def _length(request: HttpRequest) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(length) if length.isdecimal() else 0


def _is_utf8(request: HttpRequest) -> bool:
    charset = (request.content_params or {}).get("charset", "utf-8")
    return charset.lower() in {"utf-8", "utf8"}
