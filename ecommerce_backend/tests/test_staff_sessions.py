"""Staff stay signed in without Redis, and signed out with it."""

import socket
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings
from redis.exceptions import RedisError

from ecommerce_backend import redis_servers
from users.models import User

pytestmark = pytest.mark.django_db

IN_REDIS_TOO = "django.contrib.sessions.backends.cached_db"


@pytest.fixture
def owner() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("owner@shop.example", "only in this test"))
    return client


@pytest.fixture
def _redis_away(settings: Settings) -> Iterator[None]:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{nobody_listens.getsockname()[1]}/0"
        settings.REDIS_STATE_URL = url
        settings.CACHES = {"default": redis_servers.cache(url)}
        yield


@pytest.mark.usefixtures("_redis_away")
def test_staff_work_on_while_redis_is_away(owner: Client) -> None:
    assert owner.get("/admin/").status_code == 200
    assert owner.post("/admin/logout/").status_code == 200
    assert owner.get("/admin/").status_code == 302


@pytest.mark.usefixtures("_redis_away")
def test_sessions_kept_in_redis_as_well_would_stop_them(owner: Client, settings: Settings) -> None:
    settings.SESSION_ENGINE = IN_REDIS_TOO

    with pytest.raises(RedisError):
        owner.get("/admin/")
