"""Header fields that Python's e-mail parser trips over are refused; asked as Gunicorn asks."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from ecommerce_backend.wsgi import application

pytestmark = pytest.mark.django_db

UNREADABLE = [
    "; charset*=klingon'en'%41",
    "; charset*=idna'en'%41",
    "; charset*=punycode'en'%ff",
    "; charset*" + "9" * 5000 + "=a",
    "; charset*; charset*0=a; charset*1=b",
]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the connection whose transaction the test is in, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def answered(app: WSGIHandler, method: str, path: str, **environ: Any) -> tuple[int, str]:
    """Return the status and the type of the answer."""
    said: list[Any] = []
    base = RequestFactory()._base_environ(  # type: ignore[attr-defined]  # noqa: SLF001
        REQUEST_METHOD=method, PATH_INFO=path, SERVER_NAME="localhost", **environ
    )

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        said.extend([status, dict(headers)])

    app(base, start).close()
    status, headers = said
    return int(status[:3]), headers["Content-Type"]


@pytest.mark.parametrize("parameter", UNREADABLE, ids=lambda text: text[:40])
def test_an_unreadable_content_type_is_none_of_ours(parameter: str) -> None:
    sent = {
        "CONTENT_TYPE": "application/json" + parameter,
        "CONTENT_LENGTH": "2",
        "wsgi.input": BytesIO(b"{}"),
    }

    told = answered(application, "POST", "/api/v1/auth/login/", **sent)

    assert told == (415, "application/problem+json")


@pytest.mark.parametrize("parameter", UNREADABLE, ids=lambda text: text[:40])
def test_an_unreadable_accept_takes_nothing_that_we_have(parameter: str) -> None:
    sent = {"HTTP_ACCEPT": "text/plain, application/json" + parameter}

    told = answered(application, "GET", "/api/v1/products/", **sent)

    assert told == (406, "application/problem+json")


@pytest.mark.parametrize("parameter", UNREADABLE, ids=lambda text: text[:40])
def test_an_unreadable_accept_hides_no_error_of_a_page(parameter: str) -> None:
    told = answered(application, "GET", "/nowhere", HTTP_ACCEPT="text/html" + parameter)

    assert told == (404, "application/problem+json")


@pytest.mark.parametrize("parameter", UNREADABLE, ids=lambda text: text[:40])
def test_an_unreadable_part_of_a_form_is_no_bug(parameter: str) -> None:
    secret = "a" * 32
    body = (
        f"--x\r\nContent-Disposition: form-data{parameter}\r\n\r\n1\r\n"
        f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{secret}\r\n'
        "--x--\r\n"
    ).encode()
    sent = {
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": f"{settings.CSRF_COOKIE_NAME}={secret}",
        "wsgi.input": BytesIO(body),
    }

    status, _ = answered(application, "POST", "/admin/login/", **sent)

    assert 200 <= status < 500
