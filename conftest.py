"""Fixtures of every test: real PostgreSQL, real Valkey, one API client per role."""

import os

# Each parallel worker counts its limits in a Redis database of its own.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{_WORKER + 1}"

import pytest  # noqa: E402
from redis import Redis  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    with Redis.from_url(os.environ["REDIS_URL"]) as redis:
        redis.flushdb()


@pytest.fixture
def api_client() -> APIClient:
    """A visitor of the shop."""
    return APIClient()
