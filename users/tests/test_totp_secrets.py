"""Codes as the standard has them, and how what makes them is kept."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from users import totp
from users.models import RecoveryCode, SecondFactor, User
from users.services import codes, second_factors
from users.tests.phones import Phone, phone_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still_clock() -> Iterator[None]:
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def phone(customer: User) -> Phone:
    return phone_of(customer)


def test_the_database_holds_nothing_that_makes_or_is_a_code(phone: Phone) -> None:
    stored = SecondFactor.objects.get().sealed_secret
    digests = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert phone.secret not in stored
    assert totp.unseal(stored) == phone.secret
    assert {len(digest) for digest in digests} == {64}
    assert not digests & set(phone.recovery_codes)


def test_a_code_is_good_for_one_step_either_way(phone: Phone) -> None:
    secret, now = phone.secret, timezone.now()
    step = int(now.timestamp()) // 30

    found = [totp.step_of(secret, phone.code(steps=steps), now=now) for steps in range(-2, 3)]

    assert found == [None, step - 1, step, step + 1, None]


# RFC 6238, appendix B: the last six of the eight digits for SHA-1.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105 - "12345678901234567890" in Base32
    moment = datetime.fromtimestamp(seconds, tz=UTC)

    assert totp.step_of(secret, code, now=moment) == seconds // 30


def test_a_secret_survives_the_change_of_keys(phone: Phone, settings: Settings) -> None:
    old, new = settings.SECRET_KEY, "another-key-0123456789-abcdefghijklmnop"

    settings.SECRET_KEY_FALLBACKS = [new]
    assert second_factors.seal_anew() == 0
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [old]
    assert second_factors.seal_anew() == 1
    assert second_factors.seal_anew() == 0
    settings.SECRET_KEY_FALLBACKS = []

    assert totp.unseal(SecondFactor.objects.get().sealed_secret) == phone.secret


def test_a_secret_whose_key_is_lost_opens_nothing_and_recovery_codes_still_do(
    customer: User, phone: Phone, settings: Settings
) -> None:
    settings.SECRET_KEY = "another-key-0123456789-abcdefghijklmnop"  # noqa: S105

    assert not codes.use(customer, phone.code())
    assert codes.use(customer, phone.recovery_codes[0])
