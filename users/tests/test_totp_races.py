"""Many at once with one code: exactly one gets in."""

from threading import Barrier
from typing import Any

import pytest
from django.db.models import QuerySet

from users.models import RecoveryCode, SecondFactor, User
from users.services import codes, second_factors
from users.services.second_factors import SecondFactorActive
from users.tests.factories import UserFactory
from users.tests.phones import Phone, phone_of
from users.tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 12


@pytest.fixture
def user() -> User:
    return UserFactory.create()


@pytest.fixture
def phone(user: User) -> Phone:
    return phone_of(user)


def code_of(phone: Phone, kind: str) -> str:
    return phone.code() if kind == "code" else phone.recovery_codes[0]


def look_first(monkeypatch: pytest.MonkeyPatch, model: type[Any], crowd: int) -> None:
    """Take the guard away: look who may, then write without a condition."""
    all_have_looked = Barrier(crowd, timeout=10)
    update = QuerySet.update

    def careless_update(queryset: Any, **values: Any) -> int:
        if queryset.model is not model:
            return update(queryset, **values)
        found = [row.pk for row in queryset]
        all_have_looked.wait()
        return update(model.objects.filter(pk__in=found), **values)

    monkeypatch.setattr(QuerySet, "update", careless_update)


@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_of_many_with_one_code_one_gets_in(user: User, phone: Phone, kind: str) -> None:
    otp = code_of(phone, kind)

    let_in = race(CROWD, lambda _: codes.use(user, otp))

    assert sorted(let_in) == [False] * (CROWD - 1) + [True]


@pytest.mark.parametrize(
    ("kind", "model"), [("code", SecondFactor), ("recovery code", RecoveryCode)]
)
def test_control_with_looking_and_writing_apart_all_get_in(
    monkeypatch: pytest.MonkeyPatch, user: User, phone: Phone, kind: str, model: type[Any]
) -> None:
    otp = code_of(phone, kind)
    look_first(monkeypatch, model, 4)

    assert race(4, lambda _: codes.use(user, otp)) == [True] * 4


def confirm_many(user: User) -> list[Any]:
    secret = second_factors.begin(user=user).secret
    otp = Phone(secret, []).code()
    return race(4, lambda _: second_factors.confirm(user=User.objects.get(pk=user.pk), otp=otp))


def test_of_many_confirmations_one_gets_the_recovery_codes(user: User) -> None:
    answers = confirm_many(user)

    assert [type(answer) for answer in answers].count(list) == 1
    assert [type(answer) for answer in answers].count(SecondFactorActive) == 3
    assert RecoveryCode.objects.count() == 10


def test_control_without_the_lock_confirmations_meet_at_the_code(
    monkeypatch: pytest.MonkeyPatch, user: User
) -> None:
    monkeypatch.setattr(second_factors, "_lock", lambda _: None)
    look_first(monkeypatch, SecondFactor, 4)

    confirm_many(user)

    assert RecoveryCode.objects.count() == 40
