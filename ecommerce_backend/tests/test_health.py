import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from ecommerce_backend import health

pytestmark = pytest.mark.django_db

ALL_WELL = {"database": "ok", "redis": "ok", "migrations": "ok", "jobs": "ok"}


@pytest.fixture
def _no_redis(settings: Settings) -> Iterator[None]:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{nobody_listens.getsockname()[1]}/0"
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": address}}
        yield
        caches.close_all()


@pytest.mark.parametrize("path", ["/health/", "/health/ready/"])
def test_a_shop_that_can_serve_is_ready(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": ALL_WELL}


def test_being_alive_asks_nobody(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/health/live/")

    assert response.json() == {"status": "ok"}


@pytest.mark.usefixtures("_no_redis")
def test_without_redis_the_shop_is_not_ready(client: Client) -> None:
    response = client.get("/health/ready/")

    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "checks": {**ALL_WELL, "redis": "unavailable"},
    }


def test_without_the_database_the_shop_is_not_ready_and_nothing_more_is_asked_of_it(
    client: Client,
) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("connection refused")

    with connection.execute_wrapper(refuse):
        response = client.get("/health/ready/")

    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "checks": {"database": "unavailable", "redis": "ok"},
    }


def test_with_a_migration_to_run_the_shop_is_not_ready(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="common").delete()

    response = client.get("/health/ready/")

    assert response.status_code == 503
    assert response.json()["checks"] == {**ALL_WELL, "migrations": "pending"}


def test_with_jobs_piling_up_the_shop_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MAX_WAITING_JOBS", 1)
    put_jobs(timedelta(0), timedelta(0), timedelta(hours=1))

    response = client.get("/health/ready/")

    assert response.status_code == 503
    assert response.json()["checks"] == {**ALL_WELL, "jobs": "backlog"}


def test_jobs_of_later_are_no_backlog(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MAX_WAITING_JOBS", 1)
    put_jobs(None, timedelta(hours=1))

    assert client.get("/health/ready/").status_code == 200


def put_jobs(*moments: timedelta | None) -> None:
    with connection.cursor() as cursor:
        for moment in moments:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at)"
                " VALUES ('default', 'probe', now() + %s::interval)",
                [None if moment is None else str(moment)],
            )
