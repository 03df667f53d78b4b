from ipaddress import ip_network

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from users.models import User
from users.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

OFFICE, OFFICE_V6, STRANGER = "203.0.113.7", "2001:db8:1::7", "198.51.100.9"
PAGES = ["/admin/", "/admin/login/", "/admin/orders/order/", "/admin/nowhere/", "/%61dmin/login/"]
STAFF_API = ["/api/v1/staff/orders/", "/api/v1/staff/nowhere/"]


@pytest.fixture(autouse=True)
def _office_only(settings: Settings) -> None:
    settings.ADMIN_NETWORKS = [ip_network("203.0.113.0/24"), ip_network("2001:db8:1::/48")]


@pytest.mark.parametrize("path", PAGES)
def test_the_admin_shows_a_stranger_no_form(browser: Client, path: str) -> None:
    response = browser.get(path, REMOTE_ADDR=STRANGER)

    assert response.status_code == 403
    assert "does not answer to your network" in response.content.decode()
    assert "<form" not in response.content.decode()
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert not response.cookies


def test_the_right_password_does_not_help(browser: Client) -> None:
    User.objects.create_superuser("owner@shop.example", PASSWORD)
    form = {"username": "owner@shop.example", "password": PASSWORD}

    refused = browser.post("/admin/login/", form, REMOTE_ADDR=STRANGER)
    let_in = browser.post("/admin/login/?next=/admin/", form, REMOTE_ADDR=OFFICE)

    assert (refused.status_code, let_in.status_code) == (403, 302)
    assert browser.get("/admin/", REMOTE_ADDR=OFFICE).status_code == 200
    assert browser.get("/admin/", REMOTE_ADDR=STRANGER).status_code == 403


@pytest.mark.parametrize("path", STAFF_API)
def test_the_staffs_api_is_closed_before_it_asks_who(program: Client, path: str) -> None:
    response = program.get(path, REMOTE_ADDR=STRANGER)

    assert response.status_code == 403
    assert response.json()["code"] == "permission_denied"


@pytest.mark.parametrize("address", [OFFICE, OFFICE_V6, f"::ffff:{OFFICE}"])
def test_the_office_is_asked_who_it_is(browser: Client, program: Client, address: str) -> None:
    assert b"<form" in browser.get("/admin/login/", REMOTE_ADDR=address).content
    assert program.get("/api/v1/staff/orders/", REMOTE_ADDR=address).status_code == 401


@pytest.mark.parametrize("path", ["/", "/api/v1/products/", "/health/ready/"])
def test_everybody_else_is_served_everywhere_else(program: Client, path: str) -> None:
    assert program.get(path, REMOTE_ADDR=STRANGER).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"])
def test_claiming_to_be_the_office_does_not_help(browser: Client, header: str) -> None:
    claim = f"for={OFFICE}" if header == "Forwarded" else OFFICE

    response = browser.get("/admin/login/", REMOTE_ADDR=STRANGER, headers={header: claim})

    assert response.status_code == 403


def test_behind_the_proxy_its_word_counts(browser: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]

    def status_for(caller: str) -> int:
        response = browser.get(
            "/admin/login/", REMOTE_ADDR="10.0.0.2", headers={"X-Forwarded-For": caller}
        )
        return response.status_code

    assert (status_for(OFFICE), status_for(STRANGER)) == (200, 403)
    assert status_for(f"{OFFICE}, {STRANGER}") == 403


@pytest.mark.parametrize("address", ["", "unix:", "not an address"])
def test_a_caller_without_an_address_is_a_stranger(browser: Client, address: str) -> None:
    assert browser.get("/admin/login/", REMOTE_ADDR=address).status_code == 403


def test_without_a_list_staff_work_from_anywhere(browser: Client, settings: Settings) -> None:
    settings.ADMIN_NETWORKS = []

    assert b"<form" in browser.get("/admin/login/", REMOTE_ADDR=STRANGER).content


def test_an_address_moved_by_the_server_in_front_is_still_the_admins(browser: Client) -> None:
    response = browser.get("/admin/", REMOTE_ADDR=STRANGER, SCRIPT_NAME="/shop")

    assert response.wsgi_request.path == "/shop/admin/"
    assert response.status_code == 403
