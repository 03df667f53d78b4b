from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from ecommerce_backend.common.jobs import Queue
from ecommerce_backend.common.tests.workers import (
    forget_jobs,
    status_of,
    take_up,
    until,
    worker,
    worker_ids,
)


@pytest.fixture(autouse=True)
def _no_jobs_of_other_tests(transactional_db: None) -> Iterator[None]:
    forget_jobs()
    yield
    forget_jobs()


def _attempts(job: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT attempts FROM procrastinate_jobs WHERE id = %s", [job])
        row = cursor.fetchone()
    assert row
    return int(row[0])


def test_every_task_is_in_a_queue_that_some_worker_serves() -> None:
    ours = {name: task.queue for name, task in app.tasks.items() if task.queue != "builtin"}

    assert ours
    assert set(ours.values()) == {*Queue}


def test_what_the_clock_starts_does_not_wait_behind_what_customers_started() -> None:
    periodic = {task.task.queue for task in app.periodic_registry.periodic_tasks.values()}

    assert periodic == {Queue.SCHEDULED}


def test_a_worker_shows_that_it_is_alive_and_ends_when_told(tmp_path: Path) -> None:
    with worker("--queue=scheduled", f"--alive-file={tmp_path / 'alive'}") as process:
        until((tmp_path / "alive").exists)

    assert process.returncode == 0
    assert worker_ids() == set()


def test_a_worker_leaves_the_other_queue_alone() -> None:
    other = app.configure_task("cart.discard_abandoned_carts").defer(timestamp=0)
    own = app.configure_task("orders.tasks.process_refund").defer(refund_id=0)

    with worker("--queue=default"):
        until(lambda: _attempts(own) == 1)

        assert _attempts(other) == 0


def test_the_job_of_a_killed_worker_is_taken_up() -> None:
    job = app.configure_task("cart.discard_abandoned_carts").defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 minute') RETURNING id"
        )
        row = cursor.fetchone()
        assert row
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [row[0], job],
        )

    taken = take_up()

    assert taken == [job]
    assert status_of(job) == "todo"


def test_the_job_of_a_living_worker_is_left_to_it() -> None:
    job = app.configure_task("cart.discard_abandoned_carts").defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        row = cursor.fetchone()
        assert row
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [row[0], job],
        )

    assert take_up() == []
    assert status_of(job) == "doing"
