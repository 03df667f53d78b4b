"""Fixtures of every test: real PostgreSQL, real Valkey, and a visitor."""

import pytest
from django.conf import settings
from redis import Redis
from rest_framework.test import APIClient


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.flushdb()


@pytest.fixture
def api_client() -> APIClient:
    """A visitor of the shop."""
    return APIClient()
