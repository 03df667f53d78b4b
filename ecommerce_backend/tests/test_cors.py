"""Which other sites' scripts may read the API: those of an exact list, without cookies."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from drf_spectacular.settings import spectacular_settings
from pytest_django import Settings

pytestmark = pytest.mark.django_db

ALLOWED = "https://store.example"
URL = "/api/v1/products/"
# A script may read these of any answer that it may read at all (Fetch standard).
SAFELISTED = {"cache-control", "content-language", "content-length", "content-type", "expires"}


WITHOUT_STORES = configured.CORS_URLS_REGEX  # the tests' own settings name none


@pytest.fixture(autouse=True)
def _one_store(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ALLOWED]
    settings.CORS_URLS_REGEX = r"^/api/v1/"


def preflight(program: Client, url: str, method: str, origin: str = ALLOWED) -> Any:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return program.options(url, headers=headers)


def test_the_store_may_read_the_api(program: Client) -> None:
    response = program.get(URL, headers={"Origin": ALLOWED})

    assert response["Access-Control-Allow-Origin"] == ALLOWED
    assert "Access-Control-Allow-Credentials" not in response
    assert "origin" in response["Vary"].lower()


@pytest.mark.parametrize("status_of", [(URL + "gone/", 404), ("/api/v1/users/me/", 401)])
def test_the_store_may_read_why_it_was_refused(program: Client, status_of: tuple[str, int]) -> None:
    url, status = status_of

    response = program.get(url, headers={"Origin": ALLOWED})

    assert response.status_code == status
    assert response["Access-Control-Allow-Origin"] == ALLOWED


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "*",
        "",
        "http://store.example",
        "https://store.example/",
        "https://store.example/path",
        "https://store.example?a=b",
        "https://store.example:8443",
        "https://store.example:443",
        "https://store.example.",
        "https://www.store.example",
        "https://evilstore.example",
        "https://store.example.evil.example",
        "https://store.examplex",
        "https://store-example",
        "https://storeXexample",
        "https://store.example@evil.example",
        "https://evil.example#store.example",
        "https://evil.example/https://store.example",
        "https://STORE.example",
        "https://store.example https://evil.example",
        "https://evil.example, https://store.example",
        "store.example",
        "//store.example",
        "file://",
        "chrome-extension://store.example",
        "https://[::1",
    ],
)
@pytest.mark.parametrize("url", [URL, "/api/v1/users/me/"])
def test_no_other_site_may(program: Client, origin: str, url: str) -> None:
    read = program.get(url, headers={"Origin": origin})
    asked = preflight(program, url, "GET", origin)

    for response in (read, asked):
        assert "Access-Control-Allow-Origin" not in response
        assert "Access-Control-Allow-Credentials" not in response
    assert "origin" in read["Vary"].lower()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_the_store_may_ask_for_each_method(program: Client, method: str) -> None:
    response = preflight(program, "/api/v1/cart/lines/", method)

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == ALLOWED
    assert method in response["Access-Control-Allow-Methods"].split(", ")
    assert "TRACE" not in response["Access-Control-Allow-Methods"]
    allowed = set(response["Access-Control-Allow-Headers"].split(", "))
    assert {"authorization", "idempotency-key", "if-match", "x-cart-token"} <= allowed
    assert "*" not in response["Access-Control-Allow-Headers"]


def test_the_store_may_send_what_the_document_asks_for() -> None:
    sent = {
        parameter["name"].lower()
        for operation in operations()
        for parameter in map(resolved, operation.get("parameters", []))
        if parameter["in"] == "header"
    }

    assert {"x-cart-token", "idempotency-key"} <= sent
    of_providers = {"sandbox-signature"}
    assert sent - of_providers <= set(configured.CORS_ALLOW_HEADERS)


def test_the_store_may_read_what_the_document_promises() -> None:
    promised = {
        name.lower()
        for operation in operations()
        for response in map(resolved, operation["responses"].values())
        for name in response.get("headers", {})
    }
    exposed = {name.lower() for name in configured.CORS_EXPOSE_HEADERS}

    assert {"etag", "x-cart-token", "ratelimit", "www-authenticate"} <= promised
    assert promised <= exposed | SAFELISTED


def operations() -> list[dict[str, Any]]:
    return [operation for path in document()["paths"].values() for operation in path.values()]


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    found: dict[str, Any] = document()["components"][kind][name]
    return found


def document() -> dict[str, Any]:
    generator = spectacular_settings.DEFAULT_GENERATOR_CLASS()
    whole: dict[str, Any] = generator.get_schema(request=None, public=True)
    return whole


@pytest.mark.parametrize("url", ["/", "/health/live/", "/admin/login/", "/api/docs/"])
def test_the_pages_are_for_no_script_of_the_store(program: Client, url: str) -> None:
    response = program.get(url, headers={"Origin": ALLOWED})

    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response


def test_without_a_store_no_answer_varies_by_who_asks(program: Client, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = []
    settings.CORS_URLS_REGEX = WITHOUT_STORES

    response = program.get(URL, headers={"Origin": ALLOWED})

    assert "Access-Control-Allow-Origin" not in response
    assert response["Vary"] == "Accept, Authorization"
