"""How much of a request was spent on the database."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections


class DatabaseTime:
    """The statements of one request: how many, and how many seconds they took."""

    def __init__(self) -> None:
        self.queries = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Wrap one statement, as Django's execute_wrapper wants it."""
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.seconds += time.perf_counter() - started
            self.queries += 1


@contextmanager
def measured() -> Iterator[DatabaseTime]:
    """Measure the statements that this thread sends until the block ends."""
    spent = DatabaseTime()
    with ExitStack() as wrappers:
        for connection in connections.all():
            wrappers.enter_context(connection.execute_wrapper(spent))
        yield spent
