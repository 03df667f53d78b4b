"""What security_config makes of an address with HTTPS."""

import runpy
from typing import Any

import pytest
from django.test import Client

from ecommerce_backend.tests.refusals import GOOD, ROOT

COOKIES = ("SESSION", "CSRF")
_BUCKET = {
    "SHOP_MEDIA_STORAGE": "s3",
    "SHOP_S3_BUCKET": "shop-media",
    "SHOP_S3_ENDPOINT": "https://s3.eu-central-1.amazonaws.com",
}


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "ecommerce_backend" / "security_config.py"))


@pytest.mark.parametrize("cookie", COOKIES)
def test_a_cookie_is_for_this_host_over_https_and_out_of_reach_of_scripts(
    production: dict[str, Any], cookie: str
) -> None:
    assert production[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
    assert production[f"{cookie}_COOKIE_SECURE"] is True
    assert production[f"{cookie}_COOKIE_HTTPONLY"] is True
    assert production[f"{cookie}_COOKIE_SAMESITE"] == "Lax"


def test_browsers_remember_for_two_years_to_use_https(production: dict[str, Any]) -> None:
    assert production["SECURE_HSTS_SECONDS"] == 2 * 365 * 24 * 60 * 60
    assert production["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True


def test_passwords_are_hashed_by_argon2_alone(production: dict[str, Any]) -> None:
    assert production["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.mark.parametrize(
    ("bucket", "sources"),
    [
        ({}, ["'self'", "data:"]),
        (_BUCKET, ["'self'", "data:", "https://s3.eu-central-1.amazonaws.com"]),
        (
            {**_BUCKET, "SHOP_MEDIA_URL": "https://media.shop.example"},
            ["'self'", "data:", "https://media.shop.example"],
        ),
    ],
)
def test_pages_of_the_admin_alone_load_pictures_from_where_they_lie(
    monkeypatch: pytest.MonkeyPatch, bucket: dict[str, str], sources: list[str]
) -> None:
    for name, value in {**GOOD, **bucket}.items():
        monkeypatch.setenv(name, value)
    made = runpy.run_path(str(ROOT / "ecommerce_backend" / "security_config.py"))

    assert made["SECURE_CSP_AREAS"]["/admin/"]["img-src"] == sources
    assert made["SECURE_CSP_AREAS"]["/api/docs/"]["img-src"] == ["'self'", "data:"]


@pytest.mark.django_db
def test_the_admins_door_hides_what_is_typed_and_lets_password_managers_in(
    browser: Client,
) -> None:
    page = browser.get("/admin/login/").text

    assert page.count('type="password"') == 1
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


@pytest.mark.django_db
def test_every_page_of_the_admin_offers_the_way_out(admin_client: Client) -> None:
    for address in ("/admin/", "/admin/users/user/", "/admin/orders/order/"):
        page = admin_client.get(address).text

        assert 'action="/admin/logout/"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        *("/.git/config", "/.git/HEAD", "/.env", "/.gitignore", "/manage.py", "/requirements.txt"),
        *("/static/", "/static/site/", "/static/../manage.py", "/static/%2e%2e/manage.py"),
        *("/media/", "/media/../manage.py", "/media/%2e%2e/manage.py", "/backup.sql", "/debug/"),
        *("/.well-known/", "/server-status", "/__debug__/", "/users/models.py"),
    ],
)
def test_no_file_of_the_program_and_no_folder_is_shown(program: Client, address: str) -> None:
    assert program.get(address).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/api/v1/products/", "/admin/login/", "/static/"])
def test_trace_echoes_nothing(program: Client, address: str) -> None:
    answer = program.generic("TRACE", address, headers={"X-Secret": "hunter2"})

    assert answer.status_code in {404, 405}
    assert "hunter2" not in answer.text
