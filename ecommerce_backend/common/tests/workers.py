"""Real workers, processes of their own, over the database of the test."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from ecommerce_backend.common import jobs

PATIENCE_SECONDS = 60


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "still waiting"
        Event().wait(0.02)


@contextmanager
def worker(*options: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker until the block ends, which begins when it is registered."""
    database = settings.DATABASES["default"]
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}"
        f"@{database['HOST']}:{database['PORT']}/{connection.settings_dict['NAME']}"
    )
    before = worker_ids()
    with subprocess.Popen(
        [sys.executable, "manage.py", "run_worker", *options],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, **environment},
    ) as process:
        try:
            until(lambda: worker_ids() - before)
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def worker_ids() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_workers")
        return {pk for (pk,) in cursor.fetchall()}


def status_of(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        row = cursor.fetchone()
    assert row
    return str(row[0])


def forget_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def let_a_minute_pass() -> None:
    """Let the workers that are dead have been silent for so long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'"
        )


def take_up() -> list[int | None]:
    """Give the jobs of dead workers to the living, and return them."""
    return asyncio.run(_take_up())


async def _take_up() -> list[int | None]:
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as worker_app:
        async with worker_app.open_async():
            return [job.id for job in await jobs.take_up_stalled(worker_app)]
