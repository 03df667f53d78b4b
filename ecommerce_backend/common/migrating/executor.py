"""Django's executor of migrations, except that a lock it does not get soon is asked for again."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from psycopg.errors import DeadlockDetected, LockNotAvailable

from ecommerce_backend.common.migrating.blockers import Blockers
from ecommerce_backend.common.migrating.session import lock_timeout
from ecommerce_backend.common.migrating.tables import drop_invalid_index

LONGEST_PAUSE_SECONDS = 30.0
Outcome = TypeVar("Outcome")


class LockNotHad(Exception):
    """A migration did not get its lock in all its attempts; the message says who had it."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long and how often a migration asks for its locks."""

    lock_seconds: float
    concurrent_lock_seconds: float
    attempts: int
    first_pause_seconds: float

    def pause_seconds(self, attempt: int) -> float:
        """Return how long to let the others go first; it doubles each time, up to half a minute."""
        return float(min(self.first_pause_seconds * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS))


class PatientExecutor(MigrationExecutor):
    """Applies each migration under lock_timeout, and again when a lock was not had."""

    def __init__(
        self, connection: BaseDatabaseWrapper, *, patience: Patience, tell: Callable[[str], None]
    ) -> None:
        super().__init__(connection)
        self.applied: list[Migration] = []
        self._patience = patience
        self._tell = tell

    def apply_migration(
        self, state: ProjectState, migration: Migration, *args: Any, **kwargs: Any
    ) -> ProjectState:
        """Run a migration forwards. Raises LockNotHad."""
        title = name_of(migration)
        apply = super().apply_migration

        def once() -> ProjectState:
            prepare_again(self.connection, migration)
            # A clone, because an attempt that fails half way has changed the state it was given.
            return apply(state.clone(), migration, *args, **kwargs)

        started = time.monotonic()
        if is_concurrent(migration):
            with lock_timeout(self.connection, self._patience.concurrent_lock_seconds):
                after = self.patiently(title, once)
        else:
            after = self.patiently(title, once)
        self.applied.append(migration)
        self._tell(f"{title}: done in {time.monotonic() - started:.1f} s")
        return after

    def patiently(self, title: str, act: Callable[[], Outcome]) -> Outcome:
        """Do it, and again after a pause when a lock was not had. Raises LockNotHad."""
        for attempt in count(1):
            with Blockers(self.connection) as blockers:
                try:
                    return act()
                except OperationalError as error:
                    if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                        raise
            trial = f"{title}: no lock, attempt {attempt} of {self._patience.attempts}"
            if attempt >= self._patience.attempts:
                raise LockNotHad(f"{trial}; held by {blockers}.")
            pause = self._patience.pause_seconds(attempt)
            self._tell(f"{trial}; held by {blockers}; again in {pause:g} s")
            time.sleep(pause)
        raise AssertionError("count() has no end")


def name_of(migration: Migration) -> str:
    return f"{migration.app_label}.{migration.name}"


def is_concurrent(migration: Migration) -> bool:
    """Tell whether it only builds or drops indexes beside the running shop.

    Nobody queues behind the locks of those, so they may wait for a long reader to end.
    """
    kinds = (AddIndexConcurrently, RemoveIndexConcurrently)
    return bool(migration.operations) and all(
        isinstance(operation, kinds) for operation in migration.operations
    )


def prepare_again(connection: BaseDatabaseWrapper, migration: Migration) -> None:
    """Clear away the invalid index that an attempt at building it left behind."""
    for operation in migration.operations:
        if isinstance(operation, AddIndexConcurrently) and operation.index.name:
            drop_invalid_index(connection, operation.index.name)


def contracts(migration: Migration) -> bool:
    """Tell whether the module of a migration says that it takes away: `contracts = True`."""
    return bool(getattr(sys.modules[type(migration).__module__], "contracts", False))
