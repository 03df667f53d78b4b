from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

ADDRESS = "ada@shop.example"


def status_of(client: APIClient, path: str, password: str) -> int:
    credentials = {"email": ADDRESS, "password": password}
    return client.post(f"/api/v1/auth/{path}/", credentials).status_code


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "quietharbour", "9081726354", "грустный дождь", "x7 " * 42 + "xy"],
    ids=["phrase", "small letters", "digits", "another script", "128 characters"],
)
def test_any_ten_to_128_characters_are_a_password(api_client: APIClient, password: str) -> None:
    assert status_of(api_client, "register", password) == 201
    assert status_of(api_client, "login", password) == 200


@pytest.mark.parametrize("password", ["nine char", "1234567890", "password123", "x" * 129])
def test_what_is_short_known_or_endless_is_not(api_client: APIClient, password: str) -> None:
    assert status_of(api_client, "register", password) == 400


def test_a_password_is_taken_as_typed(api_client: APIClient) -> None:
    status_of(api_client, "register", " Quiet Harbour ")

    for other in ("Quiet Harbour", " quiet harbour ", " Quiet Harbour  "):
        assert status_of(api_client, "login", other) == 401
    assert status_of(api_client, "login", " Quiet Harbour ") == 200


def test_a_password_does_not_age(api_client: APIClient) -> None:
    status_of(api_client, "register", "correct horse battery")

    with time_machine.travel(timezone.now() + timedelta(days=3650), tick=False):
        assert status_of(api_client, "login", "correct horse battery") == 200
