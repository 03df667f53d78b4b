from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from users import tasks
from users.models import LoginSession
from users.services import sessions
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_expired_sessions_are_forgotten_every_day() -> None:
    sessions.open_session(user=UserFactory.create(), address=None, user_agent="")
    LoginSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    tasks.purge_sessions(timestamp=0)

    assert not LoginSession.objects.exists()
    periodic = app.periodic_registry.periodic_tasks["users.purge_sessions", ""]
    assert periodic.cron == "17 3 * * *"
