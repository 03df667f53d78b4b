"""The primary of three Sentinels dies under load; the shop answers all the while."""

import http
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.core.cache import CacheHandler
from django.core.cache.backends.base import BaseCache
from redis import Redis
from redis.exceptions import RedisError

from ecommerce_backend import redis_servers
from scripts.tests.scaling.sentinels import Cluster, cluster
from scripts.tests.scaling.shops import ADMIN, ADMIN_PASSWORD, WebHost, await_that, web_host
from scripts.tests.scaling.visitors import visitors

QUOTA = 5
_ROOMY = ("address", "login-address", "login-account")
LIMITS = f"login-pair={QUOTA}/hour," + ",".join(f"{name}=100000/minute" for name in _ROOMY)
WORKING_AGAIN_WITHIN = 15  # seconds, from kill -9 to a limit that is counted by all workers


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(tmp_path / "redis") as found:
        yield found


@pytest.fixture
def shop(watched: Cluster, database_url: str, tmp_path: Path) -> Iterator[WebHost]:
    with web_host(
        tmp_path / "web",
        DATABASE_URL=database_url,
        REDIS_URL=watched.url,
        SHOP_RATE_LIMITS=LIMITS,
    ) as host:
        yield host


def sign_in(client: httpx.Client, account: str, password: str = "wrong") -> int:  # noqa: S107
    credentials = {"email": account, "password": password}
    return client.post("/api/v1/auth/login/", json=credentials).status_code


def test_limits_and_readiness_survive_the_death_of_the_primary(
    watched: Cluster, shop: WebHost, capsys: pytest.CaptureFixture[str]
) -> None:
    with shop.client() as client:
        before = [sign_in(client, "before@shop.example") for _ in range(QUOTA + 2)]
        assert before == [401] * QUOTA + [429] * 2
        assert watched.named_primary() == watched.primary_port

        with visitors(shop) as crowd:
            watched.primary.kill()
            seconds = await_that(
                lambda: sign_in(client, ADMIN, ADMIN_PASSWORD) == http.HTTPStatus.OK,
                of=shop,
                seconds=WORKING_AGAIN_WITHIN,
            )
        assert watched.named_primary() == watched.replica_port
        assert crowd.statuses[200] > 20
        assert set(crowd.statuses) == {200}

        after = [sign_in(client, "after@shop.example") for _ in range(QUOTA + 2)]
        assert after == [401] * QUOTA + [429] * 2
        # What was counted before the primary died is not forgotten: the replica had it.
        assert sign_in(client, "before@shop.example") == 429
        assert client.get("/health/ready/").json()["checks"]["redis"] == "ok"
    assert Counter(str(line["status"])[0] for line in shop.logged("answered"))["5"] > 0
    assert {line["status"] for line in shop.logged("answered")} <= {200, 401, 429, 503}
    with capsys.disabled():
        print(f"\n  sign-in worked again {seconds:.1f} s after kill -9 of the primary")


def test_the_cache_moves_with_the_primary(watched: Cluster) -> None:
    cache = CacheHandler({"default": redis_servers.cache(watched.url)})["default"]
    cache.set("kept", "word", timeout=600)
    await_that(lambda: bool(watched.at(watched.replica_port).dbsize()), seconds=5)
    watched.primary.kill()

    await_that(lambda: reads(cache, "kept") == "word", seconds=WORKING_AGAIN_WITHIN)

    cache.set("new", "word", timeout=600)
    assert cache.get("new") == "word"
    assert watched.named_primary() == watched.replica_port


def reads(cache: BaseCache, key: str) -> object:
    try:
        return cache.get(key)
    except RedisError:
        return None


def test_a_client_of_one_address_does_not_come_back(watched: Cluster) -> None:
    """The control: what the shop does without Sentinels, when its server dies."""
    plain = redis_servers.client(f"redis://:word@127.0.0.1:{watched.primary_port}/0")
    named = redis_servers.client(watched.url)
    named.set("a", 1)
    watched.primary.kill()

    await_that(lambda: writes(named), seconds=WORKING_AGAIN_WITHIN)

    assert not writes(plain)
    plain.close()
    named.close()


def writes(client: Redis) -> bool:
    try:
        return bool(client.set("a", time.time()))
    except RedisError:
        return False
