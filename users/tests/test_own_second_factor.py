"""What staff do at the admin with their own second factor and password."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from users.models import User
from users.tests.admin_doors import (
    EMAIL,
    ENROLMENT,
    give_code,
    give_password,
    is_in,
    shown_phone,
)
from users.tests.factories import PASSWORD, UserFactory, give_role
from users.tests.phones import Phone, phone_of

pytestmark = pytest.mark.django_db
OWN = "/admin/second-factor/own/"
PASSWORD_CHANGE = "/admin/password_change/"  # noqa: S105


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _required(settings: Settings) -> None:
    settings.STAFF_MFA = "required"


@pytest.fixture
def clerk() -> User:
    return give_role(UserFactory.create(email=EMAIL, is_staff=True), "Support")


@pytest.fixture
def phone(clerk: User) -> Phone:
    return phone_of(clerk)


@pytest.fixture
def at_work(client: Client, phone: Phone, clock: time_machine.Traveller) -> Client:
    """The clerk, in the admin, with a phone that shows the next code."""
    give_password(client)
    give_code(client, phone.code())
    clock.shift(30)
    return client


def test_staff_make_new_recovery_codes(at_work: Client, phone: Phone) -> None:
    assert "Recovery codes left: 10." in at_work.get(OWN).text

    form = {"current_password": PASSWORD, "otp": phone.code(), "codes": "x"}
    made = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", at_work.post(OWN, form).text)

    assert len(set(made) - set(phone.recovery_codes)) == 10
    assert is_in(at_work)


def test_staff_move_to_another_phone(at_work: Client, clerk: User, phone: Phone) -> None:
    form = {"current_password": PASSWORD, "otp": phone.recovery_codes[0], "phone": "x"}

    assert at_work.post(OWN, form).headers["Location"] == ENROLMENT
    assert not is_in(at_work)
    other = shown_phone(at_work)
    give_code(at_work, other.code(), at=ENROLMENT)

    assert is_in(at_work)
    assert other.secret != phone.secret


def test_staff_add_one_where_it_is_optional(
    client: Client, clerk: User, settings: Settings
) -> None:
    settings.STAFF_MFA = "optional"
    give_password(client)
    assert "You sign in by a password alone." in client.get(OWN).text

    assert client.post(OWN, {"current_password": PASSWORD}).headers["Location"] == ENROLMENT
    give_code(client, shown_phone(client).code(), at=ENROLMENT)

    clerk.refresh_from_db()
    assert clerk.has_second_factor
    assert is_in(client)


@pytest.mark.parametrize(
    ("password", "otp", "said"),
    [
        ("wrong", "000000", "The present password is wrong."),
        (PASSWORD, "000000", "The code is wrong, or was used already."),
        (PASSWORD, "", "This field is required."),
    ],
)
@pytest.mark.parametrize("page", [OWN, PASSWORD_CHANGE])
def test_neither_alone_changes_what_staff_sign_in_with(
    at_work: Client, clerk: User, page: str, password: str, otp: str, said: str
) -> None:
    new = {"new_password1": "staple and a lighthouse", "new_password2": "staple and a lighthouse"}
    form = {"current_password": password, "old_password": password, "otp": otp, "phone": "x", **new}

    assert said in at_work.post(page, form).text

    clerk.refresh_from_db()
    assert clerk.has_second_factor
    assert clerk.check_password(PASSWORD)


def test_staff_change_their_password_with_a_code(
    at_work: Client, clerk: User, phone: Phone
) -> None:
    new = {"new_password1": "staple and a lighthouse", "new_password2": "staple and a lighthouse"}
    form = {"old_password": PASSWORD, "otp": phone.code(), **new}

    assert at_work.post(PASSWORD_CHANGE, form).status_code == 302

    clerk.refresh_from_db()
    assert clerk.check_password("staple and a lighthouse")
    assert is_in(at_work)


def test_the_present_password_is_not_guessed_for_long_at_the_admin(at_work: Client) -> None:
    form = {"current_password": "wrong", "otp": "000000"}
    for _ in range(10):
        at_work.post(OWN, form)

    assert "Too many requests" in at_work.post(OWN, form).text
