"""Problem documents (RFC 9457): the one shape in which every error leaves the shop.

People who open an address outside the API in a browser get the same in a small page.
"""

import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
)
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.encoding import escape_uri_path

from ecommerce_backend.common.errors import Fault

MEDIA_TYPE = "application/problem+json"
API_PREFIX = "/api/v1/"
RETRY_SECONDS = 2
CHALLENGE = 'Bearer realm="shop"'  # RFC 6750 §3
_HEADERS: Mapping[int, Mapping[str, str]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": CHALLENGE},  # RFC 9110 §15.5.2
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(RETRY_SECONDS)},
}


class StorageUnavailable(Exception):
    """Where pictures are kept does not take one."""


class Trouble(NamedTuple):
    """How an exception that is neither a refusal nor a bug is told to the client."""

    status: HTTPStatus
    code: str
    detail: str


_UNAVAILABLE = Trouble(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable",
    "The shop is briefly unavailable. Try again in a moment.",
)
_SERVER_ERROR = Trouble(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "server_error",
    "Something went wrong on our side. It has been recorded under this request id.",
)
_UNSTORABLE = Trouble(
    HTTPStatus.BAD_REQUEST, "invalid", "The request holds a value that the shop cannot store."
)
_CONFLICT = Trouble(
    HTTPStatus.CONFLICT,
    "conflict",
    "This clashes with something that is there already, or that changed meanwhile. Look again.",
)
# Forms and services check first; this is for what slipped past them, by SQLSTATE.
_BROKEN_CONSTRAINTS: Mapping[str | None, Trouble] = {
    "23502": _UNSTORABLE,  # not null
    "23503": _CONFLICT,  # foreign key
    "23505": _CONFLICT,  # unique
    "23514": _UNSTORABLE,  # check
    "23P01": _CONFLICT,  # exclusion
}
# What the server ended, or cannot do while another takes over from it. psycopg calls these internal
# errors, as it calls mistakes of ours with transactions.
_ENDED = frozenset(
    {
        "25006",  # read-only: this one has become a replica
        "25P03",  # idle in a transaction for too long
        "25P04",  # a transaction took too long
    }
)
_TROUBLES: Mapping[type[Exception], Trouble] = {
    RequestDataTooBig: Trouble(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "body_too_large",
        "The request body is larger than the shop accepts.",
    ),
    # A text with a NUL in it, a number past the column: it came in with the request.
    DataError: _UNSTORABLE,
    ProtectedError: _CONFLICT,
    OperationalError: _UNAVAILABLE,
    InterfaceError: _UNAVAILABLE,
    StorageUnavailable: _UNAVAILABLE,
}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Return what to tell of a framework's or the database's exception, None for a bug."""
    told = next((told for kind, told in _TROUBLES.items() if isinstance(error, kind)), None)
    if told is None and isinstance(error, IntegrityError):
        return _BROKEN_CONSTRAINTS.get(sqlstate_of(error))
    if isinstance(error, InternalError) and sqlstate_of(error) in _ENDED:
        return _UNAVAILABLE
    return told


def sqlstate_of(error: DatabaseError) -> str | None:
    """Return PostgreSQL's code of an error, None for one that Django made."""
    return getattr(error.__cause__, "sqlstate", None)


def headers_of(status: int) -> Mapping[str, str]:
    """Return the headers that go with a status whatever it was for."""
    return _HEADERS.get(status, {})


def problem(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    detail: str,
    faults: Sequence[Fault] = (),
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the members of a problem document; `extra` never hides a standard one."""
    document: dict[str, Any] = {
        **(extra or {}),
        "type": f"urn:nexus:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": int(status),
        "detail": detail,
        "instance": escape_uri_path(request.path),
        "code": code,
        "request_id": getattr(request, "request_id", None),
    }
    if faults:
        document["errors"] = list(faults)
    return document


def problem_response(
    request: HttpRequest, *, status: int, code: str, detail: str, extra: Any = None
) -> HttpResponse:
    """Return a problem as a plain Django response, for middleware and Django's own handlers."""
    document = problem(request, status=status, code=code, detail=detail, extra=extra)
    response = HttpResponse(status=status, headers=headers_of(status))
    if _wants_page(request):
        template = {**document, "is_staff_area": _is_staff(request)}
        response.content = render_to_string("error.html", template)
    else:
        response["Content-Type"] = MEDIA_TYPE
        response.content = orjson.dumps(document)
    patch_vary_headers(response, ["Accept"])
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    if told := trouble_of(exception):
        return problem_response(request, **told._asdict())
    return problem_response(
        request, status=400, code="bad_request", detail="The request cannot be understood."
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    note_denial(request)
    return problem_response(
        request, status=403, code="permission_denied", detail="You may not do this."
    )


def note_denial(request: HttpRequest) -> None:
    """Keep for the audit that somebody who is signed in was refused the staff's part."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and request.path.startswith(settings.STAFF_AREAS):
        # The models are not there yet when Django imports its error handlers.
        from ecommerce_backend.common import audit  # noqa: PLC0415

        audit.record(audit.Action.STAFF_DENIED, subject=f"path:{request.path}"[:128])


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    detail = "There is nothing at this address."
    if request.path_info.startswith(API_PREFIX) and not request.path_info.endswith("/"):
        detail += " Addresses of the API end in a slash."
    return problem_response(request, status=404, code="not_found", detail=detail)


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """Answer for ProblemMiddleware, since Django has no handler405."""
    return problem_response(
        request,
        status=405,
        code="method_not_allowed",
        detail=f"{request.method} cannot be done here.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. It shows nothing of the error; the log has it under the request id.

    Django calls it while it handles the exception, which may be no bug but the database away.
    """
    told = trouble_of(sys.exception()) or _SERVER_ERROR
    return problem_response(request, **told._asdict())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer for CSRF_FAILURE_VIEW."""
    return problem_response(
        request,
        status=403,
        code="csrf_failed",
        detail="The form was not sent from a page of this shop. Reload it and try again.",
    )


def _wants_page(request: HttpRequest) -> bool:
    if request.path_info.startswith(API_PREFIX):
        return False
    return request.get_preferred_type([MEDIA_TYPE, "text/html"]) == "text/html"


def _is_staff(request: HttpRequest) -> bool:
    return request.path_info.startswith("/admin/")
