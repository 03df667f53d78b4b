import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings as current
from pytest_django import Settings
from redis import Redis

from ecommerce_backend.common.rate_limits import (
    LimiterUnavailable,
    RateLimited,
    enter,
    ledger_of,
    network_of,
    refuse_guessing,
    spend,
    spend_miss,
)
from ecommerce_backend.env_limits import Rate

CALLER = "198.51.100.7"


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    settings.RATE_LIMITS = {
        "probe": Rate(5, 60),
        "door": Rate(2, 60),
        "address": Rate(9, 60),
        "token-misses": Rate(2, 60),
    }
    settings.RATE_LIMITS_OPEN = {"probe", "address", "token-misses"}
    settings.RATE_LIMITS_DELAYS = {}
    settings.WEB_WORKERS = 2


@pytest.fixture
def _redis_away(settings: Settings) -> Iterator[None]:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        settings.REDIS_STATE_URL = f"redis://127.0.0.1:{nobody_listens.getsockname()[1]}/0"
        yield


def let_seconds_pass(seconds: int) -> None:
    """Make all that was counted so much older."""
    with Redis.from_url(current.REDIS_STATE_URL) as redis:
        for key in redis.keys("nexus-limits:*"):
            times = [int(str(taken, "ascii")) for taken in redis.lrange(key, 0, -1)]
            redis.delete(key)
            redis.rpush(key, *(taken - seconds * 1000 for taken in times))


def test_after_the_last_one_has_to_wait() -> None:
    for _ in range(5):
        spend({"probe": CALLER})

    with pytest.raises(RateLimited) as refusal:
        spend({"probe": CALLER})

    assert refusal.value.http_status == 429
    assert refusal.value.extra["violated-policies"] == ["probe"]
    assert 58 <= refusal.value.extra["retry_after"] <= 60


def test_each_caller_has_a_limit_of_his_own() -> None:
    for _ in range(5):
        spend({"probe": CALLER})

    spend({"probe": "198.51.100.8"})


def test_places_come_back_one_by_one_as_they_were_taken() -> None:
    spend({"probe": CALLER})
    let_seconds_pass(30)
    for _ in range(4):
        spend({"probe": CALLER})
    with pytest.raises(RateLimited) as refusal:
        spend({"probe": CALLER})
    assert 28 <= refusal.value.extra["retry_after"] <= 30

    let_seconds_pass(refusal.value.extra["retry_after"])
    spend({"probe": CALLER})

    with pytest.raises(RateLimited):
        spend({"probe": CALLER})


def test_a_request_counts_against_all_its_policies_or_none() -> None:
    for _ in range(2):
        spend({"probe": CALLER, "door": CALLER})
    for _ in range(2):
        with pytest.raises(RateLimited) as refusal:
            spend({"probe": CALLER, "door": CALLER})
        assert refusal.value.extra["violated-policies"] == ["door"]

    for _ in range(3):
        spend({"probe": CALLER})


def test_a_limit_that_was_lowered_names_the_time_when_there_is_room(settings: Settings) -> None:
    spend({"probe": CALLER})
    let_seconds_pass(30)
    for _ in range(4):
        spend({"probe": CALLER})
    settings.RATE_LIMITS = {"probe": Rate(3, 60)}

    with pytest.raises(RateLimited) as refusal:
        spend({"probe": CALLER})

    assert 58 <= refusal.value.extra["retry_after"] <= 60


def test_a_limit_holds_exactly_under_a_crowd() -> None:
    start = Barrier(20)

    def attempt(_: int) -> bool:
        start.wait(10)
        try:
            spend({"probe": CALLER})
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(attempt, range(60))) == 5


def test_the_headers_name_every_policy_that_was_met() -> None:
    with ledger_of(CALLER) as ledger:
        enter(ledger, with_token=True)
        spend({"door": "ada"})
        assert ledger.headers() == {
            "RateLimit-Policy": '"address";q=9;w=60, "door";q=2;w=60',
            "RateLimit": '"address";r=8;t=60, "door";r=1;t=60',
        }


def test_who_guessed_too_often_is_not_told_of_a_lucky_guess() -> None:
    for _ in range(2):
        with ledger_of(CALLER) as ledger:
            enter(ledger, with_token=True)
            refuse_guessing()
            spend_miss()

    with ledger_of(CALLER) as ledger:
        enter(ledger, with_token=True)
        with pytest.raises(RateLimited) as refusal:
            refuse_guessing()
        assert ledger.headers()["RateLimit"].startswith('"address";r=6;t=60, "token-misses";r=0;t=')

    assert refusal.value.extra["violated-policies"] == ["token-misses"]


@pytest.mark.usefixtures("_redis_away")
def test_without_redis_nothing_passes_a_closed_limit() -> None:
    with pytest.raises(LimiterUnavailable) as refusal:
        spend({"probe": CALLER, "door": CALLER})

    assert refusal.value.http_status == 503
    assert refusal.value.extra == {"retry_after": 2}


@pytest.mark.usefixtures("_redis_away")
def test_without_redis_an_open_limit_gives_each_worker_its_share() -> None:
    for _ in range(2):
        spend({"probe": CALLER})
    spend({"probe": "198.51.100.8"})

    with pytest.raises(RateLimited) as refusal:
        spend({"probe": CALLER})

    assert 58 <= refusal.value.extra["retry_after"] <= 60


@pytest.mark.usefixtures("_redis_away")
def test_a_share_is_never_nothing_and_never_everything(settings: Settings) -> None:
    settings.WEB_WORKERS = 64
    spend({"probe": CALLER})

    with pytest.raises(RateLimited):
        spend({"probe": CALLER})


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (CALLER, CALLER),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("::ffff:198.51.100.7", CALLER),
        ("", ""),
    ],
)
def test_a_household_counts_as_one(address: str, network: str) -> None:
    assert network_of(address) == network
