import pytest
from django.test import Client
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

BY_PROXY = {"X-Forwarded-Proto": "https"}


@pytest.fixture(autouse=True)
def _shop_behind_https(settings: Settings) -> None:
    settings.HTTPS_REQUIRED = True
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/api/v1/products/", "/api/v1/auth/login/", "/api/v1/nowhere/", "/api/docs/"]
)
def test_plain_http_is_refused_and_not_redirected(program: Client, method: str, path: str) -> None:
    response = program.generic(method, path)

    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert "Location" not in response
    assert "Strict-Transport-Security" not in response
    if method != "HEAD":
        assert response.json()["code"] == "https_required"


def test_https_is_answered(program: Client) -> None:
    response = program.get("/api/v1/products/", headers=BY_PROXY)

    assert response.status_code == 200
    assert response["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


@pytest.mark.parametrize("said", ["http", "", "HTTPS", "on"])
def test_only_the_proxys_word_counts(program: Client, said: str) -> None:
    response = program.get("/api/v1/products/", headers={"X-Forwarded-Proto": said})

    assert response.json()["code"] == "https_required"


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/static/site/site.css"])
def test_a_page_is_refused_in_words(browser: Client, path: str) -> None:
    response = browser.get(path)

    assert response.status_code == 403
    assert "The shop answers over HTTPS only." in response.content.decode()
    assert "<form" not in response.content.decode()


@pytest.mark.parametrize("path", ["/health/live/", "/health/ready/", "/metrics"])
def test_probes_from_inside_need_no_https(program: Client, path: str) -> None:
    assert program.get(path).status_code == 200


def test_a_shop_on_ones_own_machine_needs_none(program: Client, settings: Settings) -> None:
    settings.HTTPS_REQUIRED = False

    assert program.get("/api/v1/products/").status_code == 200
