import pytest
from django.conf import settings
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("ecommerce_backend.tests.probes")]

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = f"{NOTHING}; style-src 'self'; img-src 'self'"
HTML = "text/html,*/*;q=0.1"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/health/live/", 200),
        ("/admin/login/", 200),
        ("/api/docs/", 200),
        ("/static/site/site.css", 200),
        ("/api/v1/schema/", 200),
        ("/admin", 301),
        ("/nowhere/", 404),
        ("/plain/forbidden/", 403),
        ("/api/v1/api/sold-out/", 409),
        ("/plain/bug/", 500),
        ("/plain/database/", 503),
    ],
)
def test_every_answer_carries_the_headers(program: Client, path: str, status: int) -> None:
    response = program.get(path)

    assert response.status_code == status
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Permissions-Policy"] == (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    )
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "Server" not in response
    response.close()


@pytest.mark.parametrize(
    ("path", "accept", "policy"),
    [
        ("/", HTML, PAGE),
        ("/nowhere/", HTML, PAGE),
        ("/plain/bug/", HTML, PAGE),
        ("/nowhere/", "*/*", NOTHING),
        ("/api/v1/nowhere/", HTML, NOTHING),
        ("/api/v1/schema/", HTML, NOTHING),
        ("/health/ready/", HTML, NOTHING),
        ("/static/site/site.css", HTML, NOTHING),
    ],
)
def test_a_page_may_load_what_it_needs_and_all_else_nothing(
    program: Client, path: str, accept: str, policy: str
) -> None:
    response = program.get(path, headers={"Accept": accept})

    assert response["Content-Security-Policy"] == policy
    response.close()


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/nowhere/", "/api/docs/", "/api/redoc/"])
def test_no_page_may_run_a_script_that_is_not_a_file_of_ours(browser: Client, path: str) -> None:
    policy = browser.get(path)["Content-Security-Policy"].split("; ")

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "connect-src 'self'" in policy


def test_styles_inside_the_page_are_for_the_api_documents_only() -> None:
    lax = {
        area
        for area, policy in settings.SECURE_CSP_AREAS.items()
        if "'unsafe-inline'" in policy["style-src"]
    }

    assert lax == {"/api/docs/", "/api/redoc/"}


def test_answers_are_private_unless_they_say_otherwise(program: Client) -> None:
    assert program.get("/health/live/")["Cache-Control"] == "private, no-store"
    assert program.get("/api/v1/api/sold-out/")["Cache-Control"] == "private, no-store"


def test_other_sites_may_not_read_the_api(program: Client) -> None:
    response = program.get("/api/v1/schema/", headers={"Origin": "https://evil.example"})

    assert "Access-Control-Allow-Origin" not in response
