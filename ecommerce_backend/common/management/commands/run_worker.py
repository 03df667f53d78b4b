import asyncio
import contextlib
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from ecommerce_backend import telemetry
from ecommerce_backend.common.jobs import Queue

BEAT_SECONDS = 5
# Docker waits a little longer than this before it kills (stop_grace_period).
FINISH_SECONDS = 30

_log = structlog.get_logger("jobs")


class Command(BaseCommand):
    help = "Do the jobs of one or more queues until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--queue",
            action="append",
            choices=[*Queue],
            help="may be given several times; without it, all queues",
        )
        parser.add_argument("--concurrency", type=_at_least_one, default=2, help="jobs at a time")
        parser.add_argument(
            "--alive-file",
            type=Path,
            help=f"touched every {BEAT_SECONDS} s while the database answers",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Work with connections of the worker's own kind, which can wait for news of a job."""
        telemetry.start()
        connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
        with app.replace_connector(connector):
            asyncio.run(_work(options["queue"], options["concurrency"], options["alive_file"]))


async def _work(queues: list[str] | None, concurrency: int, alive_file: Path | None) -> None:
    async with app.open_async():
        work = asyncio.create_task(
            app.run_worker_async(
                queues=queues or [*Queue],
                concurrency=concurrency,
                shutdown_graceful_timeout=FINISH_SECONDS,
                install_signal_handlers=False,  # the library's come after it has begun to work
            )
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, work.cancel)
        beat = asyncio.create_task(_beat(alive_file)) if alive_file else None
        with contextlib.suppress(asyncio.CancelledError):
            await work
        if beat:
            beat.cancel()


async def _beat(file: Path) -> None:
    while True:
        try:
            await app.check_connection_async()
        except ConnectorException as error:
            _log.warning("worker_without_database", reason=str(error))
        else:
            await asyncio.to_thread(file.touch)
        await asyncio.sleep(BEAT_SECONDS)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
