import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pytest_django import Settings

from ecommerce_backend.common import rate_limits
from ecommerce_backend.common.rate_limits import (
    LimiterUnavailable,
    RateLimited,
    network_of,
    spend,
)


@pytest.fixture(autouse=True)
def _fresh(settings: Settings) -> Iterator[None]:
    settings.RATE_LIMITS = {"probe": "5/minute"}
    yield
    rate_limits._limit.cache_clear()  # noqa: SLF001
    rate_limits._limiter.cache_clear()  # noqa: SLF001


def test_after_the_last_one_has_to_wait() -> None:
    for _ in range(5):
        spend("probe", "198.51.100.7")

    with pytest.raises(RateLimited) as refusal:
        spend("probe", "198.51.100.7")

    assert refusal.value.http_status == 429
    assert refusal.value.extra["policy"] == "probe"
    assert 50 <= refusal.value.extra["retry_after"] <= 60


def test_each_caller_has_a_limit_of_his_own() -> None:
    for _ in range(5):
        spend("probe", "198.51.100.7")

    spend("probe", "198.51.100.8")


def test_a_limit_holds_exactly_under_a_crowd() -> None:
    start = Barrier(20)

    def attempt(_: int) -> bool:
        start.wait(10)
        try:
            spend("probe", "198.51.100.7")
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(attempt, range(60))) == 5


def test_without_redis_nothing_passes(settings: Settings) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://127.0.0.1:{nobody_listens.getsockname()[1]}/0"
        rate_limits._limiter.cache_clear()  # noqa: SLF001

        with pytest.raises(LimiterUnavailable) as refusal:
            spend("probe", "198.51.100.7")

    assert refusal.value.http_status == 503
    assert refusal.value.extra == {"retry_after": 2}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("", ""),
    ],
)
def test_a_household_counts_as_one(address: str, network: str) -> None:
    assert network_of(address) == network
