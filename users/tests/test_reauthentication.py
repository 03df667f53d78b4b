"""What asks for the password again asks for the second factor too, where there is one."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from ecommerce_backend.common.rate_limits import LimiterUnavailable, RateLimited
from users.models import User
from users.services import sessions
from users.services.codes import CodeRequired, WrongCode
from users.services.reauthentication import WrongPassword, reauthenticate
from users.tests.factories import PASSWORD
from users.tests.phones import Phone, phone_of

pytestmark = pytest.mark.django_db
NEW = "staple and a lighthouse"


@pytest.fixture(autouse=True)
def _still_clock() -> Iterator[None]:
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def phone(customer: User) -> Phone:
    return phone_of(customer)


@pytest.fixture
def client(phone: Phone, customer: User) -> APIClient:
    pair = sessions.open_session(user=customer, address=None, user_agent="")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client


def change_password(client: APIClient, **otp: str) -> Response:
    form = {"current_password": PASSWORD, "new_password": NEW, **otp}
    return client.post("/api/v1/auth/password-change/", form)


def change_email(client: APIClient, **otp: str) -> Response:
    form = {"current_password": PASSWORD, "new_email": "ada@new.example", **otp}
    return client.post("/api/v1/auth/email-change/", form)


def test_without_a_second_factor_the_password_is_enough(customer: User) -> None:
    reauthenticate(user=customer, password=PASSWORD)
    reauthenticate(user=customer, password=PASSWORD, otp="123456")


def test_with_one_it_takes_both(customer: User, phone: Phone) -> None:
    with pytest.raises(CodeRequired):
        reauthenticate(user=customer, password=PASSWORD)
    with pytest.raises(WrongPassword):
        reauthenticate(user=customer, password="wrong", otp=phone.code())
    with pytest.raises(WrongCode):
        reauthenticate(user=customer, password=PASSWORD, otp=phone.code(steps=3))

    reauthenticate(user=customer, password=PASSWORD, otp=phone.code())


def test_a_wrong_password_uses_no_code_up(customer: User, phone: Phone) -> None:
    with pytest.raises(WrongPassword):
        reauthenticate(user=customer, password="wrong", otp=phone.recovery_codes[0])

    reauthenticate(user=customer, password=PASSWORD, otp=phone.recovery_codes[0])


def test_the_password_is_asked_about_before_the_second_factor_shows(
    customer: User, phone: Phone
) -> None:
    with pytest.raises(WrongPassword):
        reauthenticate(user=customer, password="wrong")


def test_a_failure_is_kept_for_the_audit(customer: User, phone: Phone) -> None:
    with pytest.raises(WrongPassword):
        reauthenticate(user=customer, password="wrong")
    with pytest.raises(WrongCode):
        reauthenticate(user=customer, password=PASSWORD, otp="000000")

    kept = AuditRecord.objects.filter(action=Action.REAUTHENTICATION_FAILED).order_by("pk")
    assert [record.details["because"] for record in kept] == ["wrong password", "wrong code"]


def test_the_eleventh_code_has_to_wait(customer: User, phone: Phone, settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "password-user": (100, 60)}
    for _ in range(9):  # the first was its confirmation
        with pytest.raises(WrongCode):
            reauthenticate(user=customer, password=PASSWORD, otp="000000")

    with pytest.raises(RateLimited) as limited:
        reauthenticate(user=customer, password=PASSWORD, otp=phone.code())

    assert limited.value.extra["violated-policies"] == ["otp-account"]


def test_without_redis_nothing_is_confirmed(
    customer: User, phone: Phone, settings: Settings
) -> None:
    settings.REDIS_STATE_URL = "redis://127.0.0.1:1/0"

    with pytest.raises(LimiterUnavailable):
        reauthenticate(user=customer, password=PASSWORD, otp=phone.code())


@pytest.mark.parametrize(("act", "done"), [(change_password, 204), (change_email, 202)])
def test_a_sensitive_act_takes_a_code(
    client: APIClient, phone: Phone, act: Callable[..., Response], done: int
) -> None:
    without, wrong = act(client), act(client, otp="000000")

    assert (without.status_code, without.data["code"]) == (403, "code_required")
    assert (wrong.status_code, wrong.data["code"]) == (403, "wrong_code")
    assert act(client, otp=phone.code()).status_code == done


def test_what_cannot_be_done_anyway_uses_no_code_up(client: APIClient, phone: Phone) -> None:
    form = {"current_password": PASSWORD, "new_password": "short", "otp": phone.code()}
    refused = client.post("/api/v1/auth/password-change/", form)

    assert refused.status_code == 400
    assert change_password(client, otp=phone.code()).status_code == 204
