"""How much of a request was spent on the database."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections

from ecommerce_backend.common.database_patience import losing_patience


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
    """Measure this thread's statements until the block ends, and wait for none too long."""
    spent = DatabaseTime()
    with ExitStack() as wrappers:
        for connection in connections.all():
            wrappers.enter_context(connection.execute_wrapper(losing_patience))
            wrappers.enter_context(connection.execute_wrapper(spent))
        yield spent
