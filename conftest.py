"""Fixtures of every test: real PostgreSQL, real Valkey, and a visitor."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate
from django.test import Client
from redis import Redis
from rest_framework.test import APIClient

from catalog.models import Warehouse
from ecommerce_backend.tests import contract_check
from users.roles import write_groups


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


@pytest.fixture(autouse=True, scope="session")
def _write_again_what_migrations_wrote() -> Iterator[None]:
    """Follow each flush after a test that commits, which empties tables and leaves jobs."""
    post_migrate.connect(_write_again)
    yield
    post_migrate.disconnect(_write_again)


def _write_again(sender: AppConfig, using: str, **_: Any) -> None:
    if sender.label != "reviews":  # the last of ours
        return
    with connections[using].schema_editor() as editor:
        write_groups(apps, editor)
    Warehouse.objects.using(using).get_or_create(
        pk=1, defaults={"code": "main", "name": "Main warehouse", "is_default": True}
    )
    with connections[using].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def api_client() -> APIClient:
    """A visitor of the shop."""
    return APIClient()
