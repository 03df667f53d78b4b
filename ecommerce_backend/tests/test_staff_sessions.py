"""Staff stay signed in without Redis, and signed out with it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as current
from django.test import Client
from pytest_django import Settings

from ecommerce_backend import redis_servers
from users.models import User

pytestmark = pytest.mark.django_db

IN_REDIS_TOO = "django.contrib.sessions.backends.cached_db"


def sign_in() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("owner@shop.example", "only in this test"))
    return client


@contextmanager
def redis_away(settings: Settings) -> Iterator[None]:
    there = (current.REDIS_STATE_URL, current.CACHES)
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{nobody_listens.getsockname()[1]}/0"
        settings.REDIS_STATE_URL, settings.CACHES = url, {"default": redis_servers.cache(url)}
        yield
    settings.REDIS_STATE_URL, settings.CACHES = there


def test_staff_work_on_while_redis_is_away(settings: Settings) -> None:
    owner = sign_in()
    with redis_away(settings):
        assert owner.get("/admin/").status_code == 200
        assert owner.post("/admin/logout/").status_code == 200
        assert owner.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("engine", "status"),
    [(current.SESSION_ENGINE, 302), (IN_REDIS_TOO, 200)],
    ids=["as it is", "kept in Redis too"],
)
def test_a_session_that_was_ended_while_redis_was_away_does_not_come_back(
    settings: Settings, engine: str, status: int
) -> None:
    settings.SESSION_ENGINE = engine
    owner = sign_in()
    assert owner.get("/admin/").status_code == 200
    cookie = owner.cookies[settings.SESSION_COOKIE_NAME].value
    with redis_away(settings):
        owner.post("/admin/logout/")

    owner.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert owner.get("/admin/").status_code == status
