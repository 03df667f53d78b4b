"""Many at once: each in a thread with a connection of its own, let go together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def race(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Return what each of `count` simultaneous calls returned or raised."""
    start = Barrier(count, timeout=10)

    def run(number: int) -> Any:
        start.wait()
        try:
            return act(number)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
