"""The tables of sessions and tokens stay as small as what lives in them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from users.models import LoginSession, RefreshToken, StaffSession, User
from users.services import sessions
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIVE = 40


def test_after_the_purge_there_is_one_token_for_each_live_session() -> None:
    users = UserFactory.create_batch(4)
    for number in range(LIVE + 10):
        pair = sessions.open_session(user=users[number % 4], address=None, user_agent="")
        for _ in range(3):
            pair = sessions.refresh(raw=pair.refresh)
        if number >= LIVE:
            sessions.close_session(raw=pair.refresh)
    assert RefreshToken.objects.count() == 200

    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        sessions.purge()

    assert RefreshToken.objects.count() == LIVE
    assert LoginSession.objects.filter(revoked_at=None).count() == LIVE


def test_no_statement_deletes_more_than_a_batch(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        sessions.open_session(user=customer, address=None, user_agent="")
    monkeypatch.setattr(sessions, "BATCH", 3)

    with (
        time_machine.travel(timezone.now() + timedelta(days=31), tick=False),
        CaptureQueriesContext(connection) as queries,
    ):
        assert sessions.purge() == 14

    deletes = [query["sql"] for query in queries if query["sql"].startswith("DELETE")]
    assert max(sql.count(",") for sql in deletes) == 2
    assert len([sql for sql in deletes if "users_loginsession" in sql]) == 3


def test_visits_to_the_admin_are_forgotten_when_they_are_over(client: Client) -> None:
    client.force_login(UserFactory.create())
    assert sessions.purge() == 0
    StaffSession.objects.update(expire_date=timezone.now())

    assert sessions.purge() == 1
    assert not StaffSession.objects.exists()
