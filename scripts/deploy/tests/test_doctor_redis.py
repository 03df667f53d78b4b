"""What INFO of a real server says, healthy and not."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from scripts.deploy.doctor.redis import ROLES, fields, judge
from scripts.deploy.findings import Level
from scripts.embedded import Servers

CACHE, STATE = ROLES


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    with (
        tempfile.TemporaryDirectory(prefix="nexus-redis-") as folder,
        Servers(Path(folder), owner="test", only=["valkey"]) as servers,
        Redis.from_url(servers.environment()["REDIS_URL"]) as redis,
    ):
        yield redis


@pytest.fixture
def redis(server: Redis) -> Redis:
    """A server as scripts/stack/redis/state.conf sets it."""
    server.flushall()
    usual = {"maxmemory": "64mb", "maxmemory-policy": "noeviction", "appendonly": "yes"}
    for name, setting in {**usual, "maxclients": "200"}.items():
        server.config_set(name, setting)
    server.config_resetstat()
    return server


def told(redis: Redis) -> dict[str, str]:
    """Return INFO as redis-cli prints it, read as the doctor reads it."""
    connection: Any = redis.connection_pool.get_connection()
    try:
        connection.send_command("INFO", "all")
        return fields(connection.read_response(disable_decoding=True).decode())
    finally:
        redis.connection_pool.release(connection)


def found(redis: Redis, role: Any = STATE) -> list[tuple[Level, str]]:
    return [(finding.level, finding.what) for finding in judge(role, told(redis))]


def test_a_healthy_one_gives_no_finding(redis: Redis) -> None:
    assert found(redis) == []
    redis.config_set("maxmemory-policy", "allkeys-lfu")
    redis.config_set("appendonly", "no")
    assert found(redis, CACHE) == []


def test_one_that_nears_its_limit_and_evicts_nothing_is_red(redis: Redis) -> None:
    redis.set("carts", b"x" * 8_000_000)
    redis.config_set("maxmemory", int(told(redis)["used_memory"]) + 200_000)

    ((level, what),) = found(redis)
    assert level is Level.RED
    assert "is nearly full (" in what


def test_a_full_cache_is_as_it_should_be(redis: Redis) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lfu")
    redis.set("pages", b"x" * 8_000_000)
    redis.config_set("maxmemory", int(told(redis)["used_memory"]) + 200_000)

    assert found(redis, CACHE) == []


@pytest.mark.parametrize(
    ("setting", "value", "what"),
    [
        ("maxmemory", "0", "redis-state has no limit of memory."),
        (
            "maxmemory-policy",
            "allkeys-lru",
            "redis-state throws away by allkeys-lru, and should by noeviction.",
        ),
        (
            "appendonly",
            "no",
            "redis-state keeps no log, so a restart gives every visitor a fresh allowance.",
        ),
    ],
)
def test_settings_that_lose_limits_are_amber(
    setting: str, value: str, what: str, redis: Redis
) -> None:
    redis.config_set(setting, value)

    assert found(redis) == [(Level.AMBER, what)]


def test_keys_that_were_thrown_away_are_red(redis: Redis) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lru")
    redis.config_set("maxmemory", int(told(redis)["used_memory"]) + 300_000)
    for number in range(300):
        redis.set(f"session:{number}", b"x" * 10_000)
    redis.config_set("maxmemory-policy", "noeviction")

    levels = {level for level, what in found(redis) if "has thrown away" in what}
    assert levels == {Level.RED}


def test_one_with_many_clients_is_amber(redis: Redis) -> None:
    redis.config_set("maxclients", "10")
    others = [Redis(port=int(told(redis)["tcp_port"])) for _ in range(8)]
    try:
        for other in others:
            other.ping()
        ((level, what),) = found(redis)
    finally:
        for other in others:
            other.close()
    assert level is Level.AMBER
    assert what.endswith("of at most 10 clients.")
