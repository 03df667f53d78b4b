"""Every error raised inside the API becomes a problem document."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback

from ecommerce_backend.common.errors import DomainError, Fault
from ecommerce_backend.common.problems import MEDIA_TYPE, problem


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    request = context["request"]
    if isinstance(exc, DomainError):
        set_rollback()
        document = problem(
            request,
            status=exc.http_status,
            code=exc.code,
            detail=str(exc),
            faults=exc.faults,
            extra=exc.extra,
        )
        return _respond(document)
    if isinstance(exc, OperationalError):
        set_rollback()
        response = _respond(
            problem(
                request,
                status=503,
                code="unavailable",
                detail="The shop is briefly unavailable. Try again in a moment.",
            )
        )
        response["Retry-After"] = "2"
        return response
    if isinstance(exc, RequestDataTooBig):
        return _respond(
            problem(
                request,
                status=413,
                code="body_too_large",
                detail="The request body is larger than the shop accepts.",
            )
        )
    return _framework_error(exc, context)


def _framework_error(exc: Exception, context: dict[str, Any]) -> Response | None:
    response = drf_exception_handler(exc, context)
    if response is None:
        return None  # A bug: let it become a 500 and reach the log with its traceback.
    if isinstance(exc, exceptions.ValidationError):
        document = problem(
            context["request"],
            status=400,
            code="invalid",
            detail="The request is not valid; `errors` says where and why.",
            faults=list(_faults(exc.get_full_details())),
        )
    else:
        detail = response.data["detail"]
        document = problem(
            context["request"],
            status=response.status_code,
            code=getattr(detail, "code", "error"),
            detail=str(detail),
        )
    headers = {
        name: response[name] for name in ("WWW-Authenticate", "Retry-After") if name in response
    }
    return _respond(document, headers=headers)


def _respond(document: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(document, document["status"], headers=headers, content_type=MEDIA_TYPE)


def _faults(details: Any, pointer: str = "") -> Iterator[Fault]:
    if isinstance(details, list):
        nested = any(not _is_leaf(item) for item in details)
        for position, item in enumerate(details):
            yield from _faults(item, f"{pointer}/{position}" if nested else pointer)
    elif _is_leaf(details):
        yield {"pointer": pointer, "code": details["code"], "detail": str(details["message"])}
    else:
        for name, item in details.items():
            yield from _faults(item, pointer if name == "non_field_errors" else f"{pointer}/{name}")


def _is_leaf(details: Any) -> bool:
    return (
        isinstance(details, Mapping)
        and details.keys() == {"message", "code"}
        and isinstance(details["code"], str)
    )
