"""The owner hears of a sign-in from where there was none lately."""

import pytest
from django.core import mail
from django.test import Client
from rest_framework.test import APIClient

from users.devices import described
from users.models import User
from users.tests.factories import PASSWORD, UserFactory, give_role
from users.tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
HOME, HOTEL = "203.0.113.7", "192.0.2.44"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in(address: str, password: str = PASSWORD) -> int:
    form = {"email": "ada@shop.example", "password": password}
    client = APIClient(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR=address)
    return client.post("/api/v1/auth/login/", form).status_code


def test_a_new_place_is_told_with_what_the_owner_can_recognise(customer: User) -> None:
    sign_in(HOME)
    sign_in(HOTEL)

    assert do_jobs() == ["users.tell_of_sign_in"]
    (told,) = mail.outbox
    assert told.to == [customer.email]
    assert told.subject == "New sign-in to your account at Nexus"
    assert f"Where: {HOTEL}\nWith: Firefox on Linux\n" in str(told.body)
    assert "/account/forgotten-password/" in str(told.body)


@pytest.mark.usefixtures("customer")
def test_a_place_that_is_known_is_not_told() -> None:
    for address in (HOME, HOME, "203.0.113.7"):
        assert sign_in(address) == 200

    assert do_jobs() == []


@pytest.mark.usefixtures("customer")
def test_who_does_not_get_in_is_not_told() -> None:
    sign_in(HOME)

    assert sign_in(HOTEL, "a wrong password") == 401

    assert do_jobs() == []


def test_the_admins_door_tells_too() -> None:
    give_role(UserFactory.create(email="staff@shop.example", is_staff=True), "Support")
    form = {"username": "staff@shop.example", "password": PASSWORD}
    for address in (HOME, HOTEL):
        Client(REMOTE_ADDR=address).post("/admin/login/", form)

    assert do_jobs() == ["users.tell_of_sign_in"]
    assert f"Where: {HOTEL}\nWith: a program\n" in str(mail.outbox[0].body)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/18 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Safari/605.1", "Safari on macOS"),
        ("Your account is closed, see https://evil.example", "a program"),
        ("", "a program"),
    ],
)
def test_a_device_is_described_in_our_words_alone(user_agent: str, words: str) -> None:
    assert described(user_agent) == words
