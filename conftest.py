"""Fixtures of every test: real PostgreSQL, real Valkey, and a visitor."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from redis import Redis
from rest_framework.test import APIClient

from ecommerce_backend.tests import contract_check


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.flushdb()


@pytest.fixture(autouse=True, scope="session")
def _hold_answers_to_the_document() -> Iterator[None]:
    """Check every answer of the API that a test's client gets, whatever the test looks at."""
    send = Client.request

    def send_and_check(client: Client, **environ: Any) -> Any:
        response: Any = send(client, **environ)
        contract_check.check(
            response,
            method=environ["REQUEST_METHOD"],
            path=environ["PATH_INFO"],
            query=environ.get("QUERY_STRING", ""),
        )
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", send_and_check)
        yield


@pytest.fixture
def api_client() -> APIClient:
    """A visitor of the shop."""
    return APIClient()
