"""Fixtures of every test: real PostgreSQL, real Valkey, one API client per role."""

import os

if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # Each parallel worker counts its limits in a Redis database of its own.
    server = os.environ["REDIS_URL"].rsplit("/", 1)[0]
    os.environ["REDIS_URL"] = f"{server}/{int(worker.removeprefix('gw')) + 1}"

import pytest
from redis import Redis
from rest_framework.test import APIClient


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    with Redis.from_url(os.environ["REDIS_URL"]) as redis:
        redis.flushdb()


@pytest.fixture
def api_client() -> APIClient:
    """A visitor of the shop."""
    return APIClient()
