from http.client import responses
from typing import Any

import pytest
from django.conf import settings as configured
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from ecommerce_backend.security_middleware import SecurityHeadersMiddleware

pytestmark = [pytest.mark.django_db, pytest.mark.urls("ecommerce_backend.tests.probes")]

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
REPORTS = "report-uri /csp-reports/; report-to csp"
PAGE = f"{NOTHING}; style-src 'self'; img-src 'self'; {REPORTS}"
SELF_ONLY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    f"frame-ancestors 'none'; object-src 'none'; {REPORTS}"
)
HTML = "text/html,*/*;q=0.1"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PROBES: list[tuple[int, str, dict[str, Any]]] = [
    (200, "/", {}),
    (200, "/health/live/", {}),
    (200, "/api/docs/", {}),
    (200, "/api/redoc/", {}),
    (200, "/static/site/site.css", {}),
    (200, "/api/v1/schema/", {}),
    (301, "/admin", {}),
    (302, "/favicon.ico", {}),
    (304, "/static/site/site.css", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    (400, "/", {"Host": "evil.example"}),
    (400, "/api/v1/products/", {"Host": "evil.example"}),
    (400, "/api/v1/products/", {"Host": "a b"}),
    (400, "/plain/suspicious/", {}),
    (401, "/api/v1/users/me/", {}),
    (403, "/plain/forbidden/", {}),
    (404, "/nowhere/", {}),
    (404, "/static/nowhere.css", {}),
    (404, "/media/nowhere.png", {}),
    (404, "/api/v1/nowhere/", {}),
    (409, "/api/v1/api/sold-out/", {}),
    (429, "/api/v1/api/too-fast/", {}),
    (500, "/plain/bug/", {}),
    (500, "/api/v1/api/bug/", {}),
    (503, "/plain/database/", {}),
    (503, "/api/v1/api/busy/", {}),
]


def _id(probe: Any) -> str | None:
    return f"{probe} {responses[probe]}" if isinstance(probe, int) else None


@pytest.mark.parametrize("accept", [HTML, "*/*"])
@pytest.mark.parametrize(("status", "path", "headers"), PROBES, ids=_id)
def test_every_answer_carries_the_headers(
    program: Client, status: int, path: str, headers: dict[str, str], accept: str
) -> None:
    response = program.get(path, headers={"Accept": accept} | headers)

    assert response.status_code == status
    assert {name: response.get(name) for name in ALWAYS} == ALWAYS
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Request-ID"]
    assert "Cache-Control" in response
    assert "Server" not in response
    response.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/", 405),
        ("DELETE", "/api/v1/products/", 405),
        ("PUT", "/static/site/site.css", 405),
        ("TRACE", "/api/v1/products/", 405),
        ("POST", "/api/v1/auth/login/", 415),
        ("OPTIONS", "/api/v1/products/", 204),
        ("POST", "/csp-reports/", 415),
    ],
)
def test_every_answer_to_another_method_carries_them_too(
    program: Client, method: str, path: str, status: int
) -> None:
    response = program.generic(method, path, b"<x/>", content_type="text/xml")

    assert response.status_code == status
    assert {name: response.get(name) for name in ALWAYS} == ALWAYS
    assert response["Content-Security-Policy"].startswith(NOTHING)


def test_a_body_that_is_too_large_is_refused_with_the_headers(program: Client) -> None:
    response = program.post(
        "/api/v1/auth/login/", b" " * (1024 * 1024 + 1), content_type="application/json"
    )

    assert response.status_code == 413
    assert {name: response.get(name) for name in ALWAYS} == ALWAYS
    assert response["Content-Security-Policy"] == NOTHING


@pytest.mark.parametrize("origin", ["https://shop.example", "https://evil.example"])
def test_a_preflight_carries_the_headers(program: Client, settings: Settings, origin: str) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    settings.CORS_URLS_REGEX = r"^/api/v1/"

    response = program.options(
        "/api/v1/products/", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}
    )

    assert response.status_code == 200
    assert {name: response.get(name) for name in ALWAYS} == ALWAYS
    is_ours = origin == "https://shop.example"
    assert response.get("Access-Control-Allow-Origin") == (origin if is_ours else None)


@pytest.mark.parametrize(("status", "path"), [(200, "/"), (404, "/nowhere/"), (500, "/plain/bug/")])
def test_browsers_are_told_to_come_by_https_only_over_https(
    settings: Settings, status: int, path: str
) -> None:
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    client = Client(raise_request_exception=False)

    by_https = client.get(path, headers={"X-Forwarded-Proto": "https"})
    by_http = client.get(path)

    assert (by_https.status_code, by_http.status_code) == (status, status)
    assert by_https["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "Strict-Transport-Security" not in by_http


@pytest.mark.parametrize(
    ("path", "accept", "policy"),
    [
        ("/", HTML, PAGE),
        ("/nowhere/", HTML, PAGE),
        ("/admin/plain/bug/", HTML, PAGE),
        ("/media/nowhere.png", HTML, PAGE),
        ("/nowhere/", "*/*", NOTHING),
        ("/api/v1/nowhere/", HTML, NOTHING),
        ("/api/v1/schema/", HTML, NOTHING),
        ("/health/ready/", HTML, NOTHING),
        ("/static/site/site.css", HTML, NOTHING),
        ("/admin/login/", HTML, SELF_ONLY),
        ("/api/docs/", HTML, SELF_ONLY),
    ],
)
def test_a_page_may_load_what_it_needs_and_all_else_nothing(
    program: Client, path: str, accept: str, policy: str
) -> None:
    response = program.get(path, headers={"Accept": accept})

    assert response["Content-Security-Policy"] == policy
    assert response.get("Reporting-Endpoints") == (
        'csp="/csp-reports/"' if REPORTS in policy else None
    )
    response.close()


def test_no_policy_lets_a_page_run_what_is_written_in_it() -> None:
    policies = [
        configured.SECURE_CSP,
        configured.SECURE_CSP_PAGES,
        *configured.SECURE_CSP_AREAS.values(),
    ]

    assert len(policies) == 8
    for policy in policies:
        sources = [source for allowed in policy.values() for source in allowed]
        assert not [source for source in sources if "unsafe" in source or "*" in source]
        assert policy["default-src"] == ["'none'"]
        assert policy.get("script-src", ["'self'"]) == ["'self'"]


def test_what_redoc_needs_is_allowed_to_redoc_alone() -> None:
    lax = {
        (area, name)
        for area, policy in configured.SECURE_CSP_AREAS.items()
        for name, sources in policy.items()
        if "blob:" in sources or any(source.startswith("'sha256-") for source in sources)
    }

    assert lax == {("/api/redoc/", "style-src"), ("/api/redoc/", "worker-src")}


@pytest.mark.parametrize("path", ["/admin/login/", "/sandbox/pay/x/"])
def test_forms_say_where_they_come_from(path: str) -> None:
    answer = answered(path, HttpResponse("<form>"))

    assert answer["Referrer-Policy"] == "same-origin"


def test_a_picture_can_be_shown_anywhere_and_does_nothing() -> None:
    answer = answered("/media/products/mug.png", HttpResponse(b"", content_type="image/png"))

    assert answer["Content-Security-Policy"] == f"{NOTHING}; sandbox"
    assert answer["Content-Disposition"] == "attachment"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"


def answered(path: str, response: HttpResponse) -> HttpResponse:
    """Return what the middleware makes of a view's answer."""
    return SecurityHeadersMiddleware(lambda _: response)(RequestFactory().get(path))


def test_answers_are_private_unless_they_say_otherwise(program: Client) -> None:
    assert program.get("/health/live/")["Cache-Control"] == "private, no-store"
    assert program.get("/api/v1/api/sold-out/")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/api/v1/schema/", "/static/site/site.css", "/"])
def test_other_sites_may_not_read_the_shop(program: Client, path: str) -> None:
    response = program.get(path, headers={"Origin": "https://evil.example"})

    assert "Access-Control-Allow-Origin" not in response
    response.close()
