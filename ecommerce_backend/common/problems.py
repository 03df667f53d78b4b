"""Problem documents (RFC 9457): the one shape in which every error leaves the shop."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from ecommerce_backend.common.errors import Fault

MEDIA_TYPE = "application/problem+json"


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
        "status": status,
        "detail": detail,
        "instance": request.path,
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
    return HttpResponse(orjson.dumps(document), status=status, content_type=MEDIA_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return problem_response(
        request, status=400, code="bad_request", detail="The request cannot be understood."
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return problem_response(
        request, status=403, code="permission_denied", detail="You may not do this."
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    return problem_response(
        request, status=404, code="not_found", detail="There is nothing at this address."
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. It shows nothing of the error; the log has it under the request id."""
    return problem_response(
        request,
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        code="server_error",
        detail="Something went wrong on our side. It has been recorded under this request id.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer for CSRF_FAILURE_VIEW."""
    return problem_response(
        request,
        status=403,
        code="csrf_failed",
        detail="The form was not sent from a page of this shop. Reload it and try again.",
    )
