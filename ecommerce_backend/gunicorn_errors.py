"""The answers that Gunicorn makes itself, to requests too malformed for the shop to see.

nginx lets some of them through, such as header fields that are longer than Gunicorn reads.
"""

from http import HTTPStatus
from socket import socket
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from gunicorn.util import write_nonblock  # type: ignore[import-untyped]

from ecommerce_backend.common.problems import problem_response
from ecommerce_backend.security_middleware import (
    GetResponse,
    RequestIdMiddleware,
    SecurityHeadersMiddleware,
)

_TOLD = {
    HTTPStatus.REQUEST_URI_TOO_LONG: ("uri_too_long", "The address is too long."),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: ("headers_too_large", "The header is too long."),
    HTTPStatus.NOT_IMPLEMENTED: ("not_implemented", "The shop does not know this transfer coding."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("server_error", "Something went wrong on our side."),
}
_BAD_REQUEST = ("bad_request", "The request cannot be understood.")


def write_error(sock: socket, status_int: int, reason: str, mesg: str) -> None:  # noqa: ARG001
    """Answer in place of gunicorn.util.write_error, whose page repeats what was sent."""
    code, detail = _TOLD.get(HTTPStatus(status_int), _BAD_REQUEST)

    def refuse(request: HttpRequest) -> HttpResponse:
        return problem_response(request, status=status_int, code=code, detail=detail)

    response = _as_the_shop_answers(refuse)(_unread_request())
    response["Content-Length"] = str(len(response.content))
    response["Connection"] = "close"
    write_nonblock(sock, f"HTTP/1.1 {status_int} {reason}\r\n".encode() + response.serialize())


def _as_the_shop_answers(view: GetResponse) -> RequestIdMiddleware:
    framed = cast("GetResponse", XFrameOptionsMiddleware(SecurityMiddleware(view)))
    return RequestIdMiddleware(SecurityHeadersMiddleware(framed))


def _unread_request() -> HttpRequest:
    request = HttpRequest()
    if settings.HTTPS_REQUIRED:  # nobody else is answered, so that the header set is the same
        name, value = settings.SECURE_PROXY_SSL_HEADER
        request.META[name] = value
    return request
