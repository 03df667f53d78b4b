"""Redis stopped and hung, for real: what the shop goes on doing."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings as current
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings
from redis import Redis

from catalog.tests.factories import VariantFactory
from ecommerce_backend import redis_servers
from ecommerce_backend.common import rate_limits
from ecommerce_backend.common.breaker import Breaker
from ecommerce_backend.common.rate_limits import limiter, redis_windows
from ecommerce_backend.common.soft_cache import SoftCache
from ecommerce_backend.env_limits import Rate
from scripts.embedded import Servers, read_state
from users.models import StaffSession, User

pytestmark = pytest.mark.django_db

PATIENCE = 20  # seconds
HUNG = 0.2  # seconds; the time-out of a call to Redis
LONGEST = 1.2  # for the limits and the cache, and the answer itself


@pytest.fixture
def valkey(tmp_path: Path, settings: Settings) -> Iterator[psutil.Process]:
    """A Valkey of this test alone, which the shop's cache and limits are in."""
    with Servers(tmp_path, owner="test", throw_away=True, only=["valkey"]) as servers:
        url = servers.environment()["REDIS_URL"]
        settings.REDIS_URL = settings.REDIS_STATE_URL = url
        settings.CACHES = {"default": redis_servers.cache(url)}
        settings.RATE_LIMITS = {name: Rate(100_000, 60) for name in settings.RATE_LIMITS}
        state = read_state(tmp_path)
        assert state
        process = psutil.Process(state["pids"]["valkey"])
        yield process
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()
        caches.close_all()


def stop(valkey: psutil.Process) -> None:
    valkey.terminate()
    valkey.wait(PATIENCE)


OUTAGES = [pytest.param(stop, id="stopped"), pytest.param(psutil.Process.suspend, id="hung")]
Outage = Callable[[psutil.Process], None]


def reads(client: Client, times: int) -> list[float]:
    """Read the catalogue so often, and return how many seconds each took."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        assert client.get("/api/v1/products/").status_code == 200
        taken.append(time.perf_counter() - started)
    return taken


@pytest.mark.parametrize("outage", OUTAGES)
def test_of_all_reads_of_the_catalogue_one_waits_for_redis(
    client: Client, valkey: psutil.Process, outage: Outage
) -> None:
    VariantFactory.create()
    reads(client, 1)
    outage(valkey)

    # Longer than the pause after which a breaker without a thread would send a visitor to look.
    deadline = time.monotonic() + limiter.PAUSE + 1.5
    taken: list[float] = []
    while time.monotonic() < deadline:
        taken += reads(client, 5)

    assert len(taken) >= 20
    assert sum(seconds > HUNG for seconds in taken) == (outage is not stop)
    assert max(taken) < LONGEST


def test_without_a_breaker_every_read_waits(
    client: Client, valkey: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(client, 1)
    monkeypatch.setattr(Breaker, "trip", lambda *_: None)
    valkey.suspend()

    assert min(reads(client, 2)) > HUNG


@pytest.mark.parametrize("outage", OUTAGES)
def test_staff_stay_signed_in_and_can_sign_out(
    client: Client, valkey: psutil.Process, outage: Outage
) -> None:
    client.force_login(User.objects.create_superuser("staff@shop.example", "a long password"))
    outage(valkey)

    assert client.get("/admin/").status_code == 200
    session = StaffSession.objects.get()
    assert client.post("/admin/logout/").status_code == 200
    assert not StaffSession.objects.filter(pk=session.pk).exists()
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("outage", OUTAGES)
def test_the_cache_misses_while_redis_is_away_and_hits_when_it_is_back(
    valkey: psutil.Process, outage: Outage
) -> None:
    cache: Any = caches["default"]
    assert isinstance(cache, SoftCache)
    cache.set("mug", 1)
    assert cache.get("mug") == 1

    outage(valkey)

    assert cache.get("mug", "none") == "none"
    assert cache.breaker.is_open
    assert (cache.set("mug", 2), cache.add("mug", 2), cache.delete("mug")) == (False, False, False)
    assert (cache.get_many(["mug"]), cache.set_many({"mug": 2}), "mug" in cache) == ({}, [], False)
    assert (cache.touch("mug"), cache.delete_many(["mug"]), cache.clear()) == (False, 0, None)
    assert cache.get_or_set("mug", 3) == 3

    if outage is not stop:
        valkey.resume()
        await_closed(cache.breaker)
        assert cache.get("mug") == 1


def await_closed(breaker: Breaker) -> None:
    deadline = time.monotonic() + PATIENCE
    while breaker.is_open:
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    "configuration", [{"maxmemory": "1mb", "maxmemory-policy": "noeviction"}], ids=["full"]
)
def test_a_redis_that_takes_nothing_in_is_as_good_as_away(
    valkey: psutil.Process, configuration: dict[str, str]
) -> None:
    with Redis.from_url(current.REDIS_URL) as redis:
        for name, value in configuration.items():
            redis.config_set(name, value)

        cache: Any = caches["default"]
        assert cache.set("mug", 1) is False
        with pytest.raises(rate_limits.LimiterUnavailable):
            rate_limits.spend({"login-address": "198.51.100.7"})
        rate_limits.spend({"address": "198.51.100.7"})
        assert not redis.keys(f"{redis_windows.PREFIX}:*")
