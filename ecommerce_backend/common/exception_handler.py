"""Every error raised inside the API becomes a problem document."""

from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from django.db import DatabaseError
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from ecommerce_backend.common.errors import DomainError, Fault, Invalid, pointer_to
from ecommerce_backend.common.problems import note_denial, problem, sqlstate_of, trouble_of
from ecommerce_backend.common.replica.views import raise_if_of_replica
from ecommerce_backend.common.responses import ProblemResponse, refusal

_log = structlog.get_logger("api")


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    raise_if_of_replica(exc)
    request = context["request"]
    if isinstance(exc, DomainError):
        return refusal(request, exc)
    if told := trouble_of(exc):
        if isinstance(exc, DatabaseError):
            _log.warning("database_error", sqlstate=sqlstate_of(exc), exc_info=exc)
        return ProblemResponse(problem(request, **told._asdict()))
    return _framework_error(exc, context)


def _framework_error(exc: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(exc, exceptions.PermissionDenied):
        note_denial(context["request"])
    response = drf_exception_handler(exc, context)
    if response is None:
        return None  # A bug: let it become a 500 and reach the log with its traceback.
    if isinstance(exc, exceptions.ValidationError):
        document = problem(
            context["request"],
            status=400,
            code=Invalid.code,
            detail=Invalid.message,
            faults=list(_request_faults(context["request"], exc.get_full_details())),
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
    return ProblemResponse(document, headers=headers)


def _request_faults(request: Request, details: Any) -> Iterator[Fault]:
    """Point into the body, or at a query parameter by its name where there is no body."""
    for fault in _faults(details):
        if request.method in {"GET", "HEAD"}:
            fault["pointer"] = fault["pointer"].removeprefix("/")
        yield fault


def _faults(details: Any, pointer: str = "") -> Iterator[Fault]:
    if isinstance(details, list):
        nested = any(not _is_leaf(item) for item in details)
        for position, item in enumerate(details):
            yield from _faults(item, f"{pointer}/{position}" if nested else pointer)
    elif _is_leaf(details):
        yield {"pointer": pointer, "code": details["code"], "detail": str(details["message"])}
    else:
        for name, item in details.items():
            yield from _faults(item, f"{pointer}{_step(name)}")


def _step(name: Any) -> str:
    if name == "non_field_errors":
        return ""
    return pointer_to(name)


def _is_leaf(details: Any) -> bool:
    return (
        isinstance(details, Mapping)
        and details.keys() == {"message", "code"}
        and isinstance(details["code"], str)
    )
