import json
import socket

import pytest
from pytest_django.fixtures import Settings

from ecommerce_backend.gunicorn_errors import write_error

SENT = "<script>alert(1)</script>"


def told(status: int, reason: str) -> tuple[str, dict[str, str], str]:
    """Return the status line, the headers and the body of what Gunicorn writes."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        write_error(ours, status, reason, SENT)
        ours.shutdown(socket.SHUT_WR)
        head, _, body = theirs.makefile("rb").read().decode("latin-1").partition("\r\n\r\n")
    line, *fields = head.split("\r\n")
    return line, dict(field.split(": ", 1) for field in fields), body


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        (400, "Bad Request", "bad_request"),
        (403, "Forbidden", "bad_request"),
        (414, "URI Too Long", "uri_too_long"),
        (417, "Expectation Failed", "bad_request"),
        (431, "Request Header Fields Too Large", "headers_too_large"),
        (500, "Internal Server Error", "server_error"),
        (501, "Bad Request", "not_implemented"),
    ],
)
def test_a_malformed_request_is_refused_in_the_shops_shape(
    settings: Settings, status: int, reason: str, code: str
) -> None:
    settings.HTTPS_REQUIRED = True
    settings.SECURE_HSTS_SECONDS = 63_072_000

    line, headers, body = told(status, reason)

    problem = json.loads(body)
    assert line == f"HTTP/1.1 {status} {reason}"
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["request_id"] == headers["X-Request-ID"]
    assert SENT not in body
    assert headers["Content-Length"] == str(len(body))
    assert headers["Connection"] == "close"
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=63072000" in headers["Strict-Transport-Security"]


def test_a_shop_without_https_promises_none(settings: Settings) -> None:
    settings.HTTPS_REQUIRED = False

    _, headers, _ = told(400, "Bad Request")

    assert "Strict-Transport-Security" not in headers
