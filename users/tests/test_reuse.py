"""What follows when a spent refresh token comes back."""

from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from users.models import LoginSession, RefreshToken, User
from users.services import sessions
from users.services.sessions import TokenPair, TokenReused
from users.tests.factories import UserFactory
from users.tests.jobs import do_jobs
from users.tests.races import race
from users.tests.test_refresh import me

pytestmark = pytest.mark.django_db


def rotated_twice(pair: TokenPair) -> TokenPair:
    return sessions.refresh(raw=sessions.refresh(raw=pair.refresh).refresh)


def reuse(pair: TokenPair) -> None:
    with pytest.raises(TokenReused):
        sessions.refresh(raw=pair.refresh)


def test_the_owner_is_told_once(customer: User, pair: TokenPair) -> None:
    rotated_twice(pair)
    reuse(pair)
    with pytest.raises(sessions.TokenInvalid):
        sessions.refresh(raw=pair.refresh)

    assert do_jobs() == ["users.tell"]
    (told,) = mail.outbox
    assert told.to == [customer.email]
    assert told.subject == "A device was signed out of Nexus"
    assert "/account/forgotten-password/" in str(told.body)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_end_the_session_once() -> None:
    pair = sessions.open_session(user=UserFactory.create(), address=None, user_agent="")
    rotated_twice(pair)

    answers = race(8, lambda _: sessions.refresh(raw=pair.refresh))

    assert {type(answer) for answer in answers} <= {TokenReused, sessions.TokenInvalid}
    assert do_jobs() == ["users.tell"]


@pytest.mark.django_db(transaction=True)
def test_control_without_a_look_who_ended_it_the_owner_is_told_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = sessions.open_session(user=UserFactory.create(), address=None, user_agent="")
    rotated_twice(pair)
    all_have_looked, revoke = Barrier(4, timeout=10), sessions.revoke_session

    def careless_revoke(**session: Any) -> bool:
        all_have_looked.wait()
        revoke(**session)
        return True

    monkeypatch.setattr(sessions, "revoke_session", careless_revoke)
    race(4, lambda _: sessions.refresh(raw=pair.refresh))

    assert do_jobs() == ["users.tell"] * 4


def test_a_spent_token_that_was_forgotten_ends_the_session_too(pair: TokenPair) -> None:
    newest = rotated_twice(pair)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        assert sessions.purge() == 2
        assert RefreshToken.objects.count() == 1

        reuse(pair)

        assert me(newest.access) == 401
    assert LoginSession.objects.get().revoked_at is not None


def test_a_token_of_one_session_ends_no_other(pair: TokenPair, stranger: User) -> None:
    other = sessions.open_session(user=stranger, address=None, user_agent="")
    rotated_twice(pair)
    reuse(pair)

    assert me(other.access) == 200


def test_the_host_that_is_asked_again_may_be_behind(api_client: APIClient, pair: TokenPair) -> None:
    first = sessions.refresh(raw=pair.refresh)
    with time_machine.travel(timezone.now() - timedelta(seconds=20), tick=False):
        assert sessions.refresh(raw=pair.refresh).refresh == first.refresh
        assert me(first.access) == 200


def test_the_clock_set_back_does_not_stretch_the_grace(pair: TokenPair) -> None:
    sessions.refresh(raw=pair.refresh)
    RefreshToken.objects.filter(used_at__isnull=False).update(
        used_at=timezone.now() + timedelta(minutes=5)
    )

    reuse(pair)
