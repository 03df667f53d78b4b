"""Getting into the admin by password and code, and to a second factor by the way."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings as current
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from users.models import User
from users.services import second_factors
from users.tests.admin_doors import (
    CODE,
    EMAIL,
    ENROLMENT,
    give_code,
    give_password,
    is_in,
    shown_phone,
)
from users.tests.factories import UserFactory, give_role
from users.tests.phones import Phone, phone_of

pytestmark = pytest.mark.django_db


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


@pytest.mark.usefixtures("phone")
def test_the_password_leads_to_the_code_and_signs_nobody_in(client: Client) -> None:
    assert give_password(client) == CODE

    assert "_auth_user_id" not in client.session
    assert not is_in(client)
    assert "Signing in as <strong>clerk@shop.example</strong>" in client.get(CODE).text


@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_either_kind_of_code_leads_to_the_page_that_was_wanted(
    client: Client, phone: Phone, kind: str
) -> None:
    give_password(client)

    otp = phone.code() if kind == "code" else phone.recovery_codes[0]
    assert give_code(client, otp) == "/admin/orders/order/"
    assert is_in(client)


def test_each_door_gives_the_session_another_key(client: Client, phone: Phone) -> None:
    client.get("/admin/login/")
    keys = []
    for step in (give_password, lambda browser: give_code(browser, phone.code())):
        step(client)
        keys.append(client.cookies[current.SESSION_COOKIE_NAME].value)

    assert len(set(keys)) == 2


@pytest.mark.usefixtures("phone")
def test_a_wrong_code_is_asked_for_again_and_kept_for_the_audit(client: Client) -> None:
    give_password(client)

    page = client.post(CODE, {"otp": "000000"})

    assert page.status_code == 200
    assert "The code is wrong, or was used already." in page.text
    assert not is_in(client)
    actions = AuditRecord.objects.values_list("action", flat=True).order_by("pk")
    assert list(actions)[-1] == Action.SIGN_IN_FAILED
    assert Action.SIGNED_IN not in actions


def test_a_code_works_once(clerk: User, phone: Phone) -> None:
    first, second = Client(), Client()
    for client in (first, second):
        give_password(client)
        give_code(client, phone.code())

    assert (is_in(first), is_in(second)) == (True, False)


@pytest.mark.usefixtures("phone")
def test_codes_are_limited_as_at_the_api(client: Client, phone: Phone) -> None:
    give_password(client)
    for _ in range(9):  # the first was its confirmation
        give_code(client, "000000")

    page = client.post(CODE, {"otp": phone.code()})

    assert "Too many requests" in page.text
    assert not is_in(client)


@pytest.mark.parametrize("page", [CODE, ENROLMENT])
def test_without_the_password_there_is_nothing_to_see(client: Client, page: str) -> None:
    for answer in (client.get(page), client.post(page, {"otp": "000000"})):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/login/")


def test_the_password_is_good_for_ten_minutes(
    client: Client, phone: Phone, clock: time_machine.Traveller
) -> None:
    give_password(client)
    clock.shift(601)

    assert give_code(client, phone.code()) == "/admin/login/"
    assert not is_in(client)


def test_the_password_is_good_until_it_is_changed(
    client: Client, clerk: User, phone: Phone
) -> None:
    give_password(client)
    clerk.refresh_from_db()
    clerk.set_password("another password")
    clerk.save()

    assert give_code(client, phone.code()) == "/admin/login/"


def test_the_role_is_asked_for_once_more(client: Client, clerk: User, phone: Phone) -> None:
    give_password(client)
    clerk.groups.clear()

    assert give_code(client, phone.code()) == "/admin/login/"


@pytest.mark.usefixtures("clerk")
def test_who_has_none_is_led_to_add_one_before_anything_else(client: Client) -> None:
    assert give_password(client) == ENROLMENT

    page = client.get(ENROLMENT)
    assert 'src="data:image/svg+xml' in page.text
    assert not is_in(client)
    assert client.get("/admin/orders/order/").status_code == 302
    assert page.headers["Cache-Control"] == (
        "max-age=0, no-cache, no-store, must-revalidate, private"
    )


def test_the_first_code_turns_it_on_and_recovery_codes_are_shown_once(
    client: Client, clerk: User
) -> None:
    give_password(client)
    phone = shown_phone(client)

    page = client.post(ENROLMENT, {"otp": phone.code()})

    codes = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", page.text)
    assert len(codes) == 10
    assert 'href="/admin/orders/order/"' in page.text
    assert is_in(client)
    clerk.refresh_from_db()
    assert clerk.has_second_factor
    assert client.get(ENROLMENT).headers["Location"] == "/admin/login/"
    later = Client()
    give_password(later)
    assert give_code(later, codes[0]) == "/admin/orders/order/"


@pytest.mark.usefixtures("clerk")
def test_a_wrong_first_code_shows_the_same_secret_again(client: Client) -> None:
    give_password(client)
    first = shown_phone(client)

    page = client.post(ENROLMENT, {"otp": "000000"})

    assert "The code is wrong" in page.text
    assert shown_phone(client) == first
    assert give_code(client, first.code(), at=ENROLMENT) is None
    assert is_in(client)


def test_what_somebody_else_began_does_not_become_the_owners(client: Client, clerk: User) -> None:
    theirs = second_factors.begin(user=clerk).secret
    give_password(client)
    own = shown_phone(client)
    again = second_factors.begin(user=clerk).secret

    newest = shown_phone(client)
    assert len({theirs, own.secret, again, newest.secret}) == 4
    give_code(client, newest.code(), at=ENROLMENT)
    assert is_in(client)


def test_where_it_is_optional_the_password_will_do_for_who_has_none(
    client: Client, clerk: User, settings: Settings
) -> None:
    settings.STAFF_MFA = "optional"

    assert give_password(client) == "/admin/orders/order/"
    assert is_in(client)
    phone_of(clerk)
    assert not is_in(client)
    assert give_password(client) == CODE


def test_who_is_in_when_it_becomes_obligatory_is_asked_for_the_password(
    client: Client, clerk: User, settings: Settings
) -> None:
    settings.STAFF_MFA = "optional"
    give_password(client)
    settings.STAFF_MFA = "required"

    page = client.get("/admin/orders/order/", follow=True)

    assert page.redirect_chain[-1][0] == "/admin/login/?next=/admin/orders/order/"
    assert b'name="password"' in page.content
    assert give_password(client) == ENROLMENT


def test_a_second_factor_that_is_removed_ends_the_session(
    client: Client, clerk: User, phone: Phone
) -> None:
    give_password(client)
    give_code(client, phone.code())
    clerk.refresh_from_db()

    second_factors.reset(user=clerk)

    assert not is_in(client)
    assert give_password(client) == ENROLMENT


def test_another_site_is_not_where_it_leads(client: Client, phone: Phone) -> None:
    give_password(client, goal="https://elsewhere.example/")

    assert give_code(client, phone.code()) == "/admin/"
