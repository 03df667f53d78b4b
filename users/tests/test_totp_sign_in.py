"""Signing in to an account that has a second factor."""

from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from users.models import LoginSession, User
from users.tests.factories import PASSWORD, UserFactory
from users.tests.phones import Phone, phone_of

pytestmark = pytest.mark.django_db
STAFF_ONLY = "/api/v1/staff-only/"
# As many passwords as one likes, so that the codes are what is limited.
FREE = dict.fromkeys(("login-address", "login-pair", "login-account"), (100, 60))


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def phone(customer: User) -> Phone:
    return phone_of(customer)


def sign_in(client: APIClient, **changes: str) -> Response:
    form = {"email": "ada@shop.example", "password": PASSWORD, **changes}
    return client.post("/api/v1/auth/login/", form)


def test_the_password_alone_is_not_enough(api_client: APIClient, phone: Phone) -> None:
    refused = sign_in(api_client)

    assert (refused.status_code, refused.data["code"]) == (401, "otp_required")
    assert not LoginSession.objects.exists()


def test_with_the_code_it_is(
    api_client: APIClient, phone: Phone, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(13):  # two more: the factor, and its step
        signed_in = sign_in(api_client, otp=phone.code())

    assert signed_in.status_code == 200
    assert LoginSession.objects.get().second_factor_at == timezone.now()


def test_a_session_without_one_says_so(api_client: APIClient, customer: User) -> None:
    assert sign_in(api_client, otp="123456").status_code == 200
    assert LoginSession.objects.get().second_factor_at is None


def test_a_code_may_be_typed_with_a_blank_in_it(api_client: APIClient, phone: Phone) -> None:
    code = phone.code()

    assert sign_in(api_client, otp=f" {code[:3]} {code[3:]}").status_code == 200


def test_a_code_works_once_and_takes_those_before_it_along(
    api_client: APIClient, phone: Phone, clock: time_machine.Traveller
) -> None:
    codes = [phone.code(), phone.code(), phone.code(steps=-1), phone.code(steps=1)]

    assert [sign_in(api_client, otp=code).status_code for code in codes] == [200, 401, 401, 200]


def test_a_code_does_not_work_again_once_its_time_is_over(
    api_client: APIClient, phone: Phone, clock: time_machine.Traveller
) -> None:
    code = phone.code()
    clock.shift(60)

    assert sign_in(api_client, otp=code).status_code == 401


def test_a_recovery_code_works_once_however_it_is_typed(
    api_client: APIClient, phone: Phone
) -> None:
    first = phone.recovery_codes[0]

    assert sign_in(api_client, otp=first.upper().replace("-", " ")).status_code == 200
    assert sign_in(api_client, otp=first).status_code == 401


def test_a_wrong_code_is_told_like_a_wrong_password(api_client: APIClient, phone: Phone) -> None:
    answers = [
        sign_in(api_client, otp="000000"),
        sign_in(api_client, otp="no code at all"),
        sign_in(api_client, password="not the password", otp=phone.code()),
        sign_in(api_client, password="not the password"),
        sign_in(api_client, email="nobody@shop.example", otp="000000"),
    ]

    bodies = [{**answer.data, "request_id": None} for answer in answers]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert bodies[0]["code"] == "invalid_credentials"
    assert bodies.count(bodies[0]) == 5


def test_a_wrong_password_uses_no_code_up(api_client: APIClient, phone: Phone) -> None:
    sign_in(api_client, password="not the password", otp=phone.code())

    assert sign_in(api_client, otp=phone.code()).status_code == 200


def test_a_wrong_code_is_kept_for_the_audit(api_client: APIClient, phone: Phone) -> None:
    sign_in(api_client, otp="000000")

    kept = AuditRecord.objects.get(action=Action.SIGN_IN_FAILED)
    assert kept.details == {"because": "wrong code"}


def test_the_eleventh_code_has_to_wait_wherever_it_comes_from(
    api_client: APIClient, phone: Phone, settings: Settings
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, **FREE}
    for number in range(9):  # the first was its confirmation
        api_client.defaults["REMOTE_ADDR"] = f"198.51.100.{number}"
        assert sign_in(api_client, otp="000000").status_code == 401
    api_client.defaults["REMOTE_ADDR"] = "203.0.113.7"

    limited = sign_in(api_client, otp=phone.code())

    assert (limited.status_code, limited.data["violated-policies"]) == (429, ["otp-account"])


def test_who_does_not_know_the_password_uses_up_nobodys_codes(
    api_client: APIClient, phone: Phone, settings: Settings
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, **FREE}
    for _ in range(12):
        sign_in(api_client, password="not the password", otp="000000")

    assert sign_in(api_client, otp=phone.code()).status_code == 200


def test_a_household_tries_thirty_codes_over_all_accounts(
    api_client: APIClient, settings: Settings
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, **FREE}
    for number in range(3):
        phone_of(UserFactory.create(email=f"{number}@shop.example"))
        for _ in range(9):
            sign_in(api_client, email=f"{number}@shop.example", otp="000000")
    phone = phone_of(UserFactory.create(email="last@shop.example"))
    tries = [sign_in(api_client, email="last@shop.example", otp="000000") for _ in range(4)]

    assert [one.status_code for one in tries] == [401, 401, 401, 429]
    assert tries[3].data["violated-policies"] == ["otp-address"]
    assert sign_in(api_client, email="last@shop.example", otp=phone.code()).status_code == 429


@pytest.fixture
def clerk() -> User:
    clerk = UserFactory.create(email="clerk@shop.example", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_user"))
    return clerk


@pytest.fixture
def _required(settings: Settings) -> None:
    settings.STAFF_MFA = "required"


def at_work(client: APIClient, **otp: str) -> Response:
    access = sign_in(client, email="clerk@shop.example", **otp).data["access"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client.get(STAFF_ONLY)


@pytest.mark.usefixtures("_required", "clerk")
@pytest.mark.urls("ecommerce_backend.tests.probes")
def test_staff_with_a_password_alone_are_asked_for_a_second_factor(api_client: APIClient) -> None:
    refused = at_work(api_client)

    assert (refused.status_code, refused.data["code"]) == (403, "mfa_required")


@pytest.mark.usefixtures("_required")
@pytest.mark.urls("ecommerce_backend.tests.probes")
def test_staff_with_a_second_factor_come_in(api_client: APIClient, clerk: User) -> None:
    phone = phone_of(clerk)

    assert at_work(api_client, otp=phone.code()).status_code == 200


@pytest.mark.usefixtures("_required")
@pytest.mark.urls("ecommerce_backend.tests.probes")
def test_without_the_permission_nothing_is_said_of_second_factors(
    api_client: APIClient, clerk: User
) -> None:
    clerk.user_permissions.clear()

    assert at_work(api_client).data["code"] == "permission_denied"


@pytest.mark.usefixtures("clerk")
@pytest.mark.urls("ecommerce_backend.tests.probes")
def test_where_it_is_optional_the_password_will_do(api_client: APIClient) -> None:
    assert at_work(api_client).status_code == 200
