import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from ecommerce_backend import health, readiness
from ecommerce_backend.readiness import Readiness, Shared

pytestmark = pytest.mark.django_db

ALL_WELL = {"database": "ok", "redis": "ok", "migrations": "ok", "jobs": "ok"}


@pytest.fixture(autouse=True)
def _a_new_look() -> Iterator[None]:
    """Let no test see what another's second found."""
    readiness.shared.forget()
    yield
    readiness.shared.forget()


@pytest.fixture
def _no_redis(settings: Settings) -> Iterator[None]:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        settings.REDIS_STATE_URL = f"redis://127.0.0.1:{nobody_listens.getsockname()[1]}/0"
        yield


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
def test_without_redis_the_shop_serves_what_it_can(client: Client) -> None:
    response = client.get("/health/ready/")

    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "checks": {**ALL_WELL, "redis": "unavailable"}}


def test_without_the_database_the_shop_is_not_ready_and_nothing_more_is_asked_of_it(
    client: Client,
) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("connection refused")

    with connection.execute_wrapper(refuse):
        response = client.get("/health/ready/")

    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert response.json() == {
        "status": "unavailable",
        "checks": {"database": "unavailable", "redis": "ok"},
    }


def test_with_a_migration_to_run_the_shop_is_not_ready(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="common").delete()

    response = client.get("/health/ready/")

    assert response.status_code == 503
    assert response.json()["checks"] == {**ALL_WELL, "migrations": "pending"}


def test_a_schema_newer_than_the_release_serves_it(client: Client) -> None:
    MigrationRecorder.Migration.objects.create(app="common", name="9999_of_the_next_release")

    assert client.get("/health/ready/").json() == {"status": "ok", "checks": ALL_WELL}


def test_looking_again_costs_three_queries_and_reads_no_migration(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/health/ready/")
    readiness.shared.forget()

    with django_assert_num_queries(3):
        client.get("/health/ready/")


def test_within_a_second_nothing_is_asked_again(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/health/ready/")

    with django_assert_num_queries(0):
        assert client.get("/health/ready/").json()["status"] == "ok"


def test_with_jobs_piling_up_the_shop_serves_and_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "MAX_WAITING_JOBS", 1)
    put_jobs(timedelta(0), timedelta(0), timedelta(hours=1))

    response = client.get("/health/ready/")

    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "checks": {**ALL_WELL, "jobs": "backlog"}}


def test_jobs_of_later_are_no_backlog(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "MAX_WAITING_JOBS", 1)
    put_jobs(None, timedelta(hours=1))

    assert client.get("/health/ready/").json()["status"] == "ok"


def put_jobs(*moments: timedelta | None) -> None:
    with connection.cursor() as cursor:
        for moment in moments:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at)"
                " VALUES ('default', 'probe', now() + %s::interval)",
                [None if moment is None else str(moment)],
            )


def test_a_process_that_was_told_to_stop_takes_no_more(client: Client) -> None:
    health.drain_when(lambda: True)
    try:
        response = client.get("/health/ready/")
        assert client.get("/health/live/").status_code == 200
    finally:
        health.drain_when(lambda: False)

    assert response.status_code == 503
    assert response.json() == {"status": "draining", "checks": {}}
    assert client.get("/health/ready/").status_code == 200


WELL = Readiness(checks=ALL_WELL)


class SlowPart:
    """A look that lasts until the test lets it go on."""

    def __init__(self) -> None:
        self.looks = 0
        self.is_looking = threading.Event()
        self.may_end = threading.Event()

    def look(self) -> Readiness:
        self.looks += 1
        self.is_looking.set()
        assert self.may_end.wait(20)
        return WELL


def test_probes_of_a_slow_part_do_not_pile_up() -> None:
    part = SlowPart()
    part.may_end.set()
    shared = Shared(part.look, seconds=0, patience=60)
    assert shared.get() == WELL
    part.is_looking.clear()
    part.may_end.clear()
    first = threading.Thread(target=shared.get)
    first.start()
    assert part.is_looking.wait(20)

    answers = [shared.get() for _ in range(50)]  # would never return if they looked too

    assert answers == [WELL] * 50
    assert part.looks == 2
    part.may_end.set()
    first.join(20)


def test_a_part_that_does_not_answer_at_all_is_not_taken_for_well() -> None:
    part = SlowPart()
    part.may_end.set()
    shared = Shared(part.look, seconds=0, patience=0.05)
    assert shared.get() == WELL
    part.is_looking.clear()
    part.may_end.clear()
    first = threading.Thread(target=shared.get)
    first.start()
    assert part.is_looking.wait(20)

    found = shared.get()
    while found == WELL:  # until what was found before the part stopped is too old
        found = shared.get()

    assert (found.status, found.checks) == ("unavailable", {"database": "slow"})
    part.may_end.set()
    first.join(20)
    assert shared.get() == WELL
