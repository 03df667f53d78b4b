"""The connection migrations run on: who waits how long for what, and that there is one of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

MIGRATION_LOCK = 0x6E65787573  # "nexus"; advisory locks are numbers of one database
_LOOK_EVERY_SECONDS = 0.25


class AlreadyRunning(Exception):
    """Another run migrates this database; the message says which session it is."""


def set_timeouts(connection: BaseDatabaseWrapper, *, lock_seconds: float) -> None:
    """Connect anew, so that no statement waits longer for a lock, and none is cut off at work.

    They are options of the connection and not of an operation: whatever a migration runs, SQL or
    Python, is under them, after a reconnection too.
    """
    options = connection.settings_dict["OPTIONS"]
    limits = {
        "lock_timeout": f"{round(lock_seconds * 1000)}ms",
        "statement_timeout": "0",
        "idle_in_transaction_session_timeout": "0",
        # The server notices within seconds when this process is killed, and gives up its locks.
        "client_connection_check_interval": "5s",
    }
    ours = " ".join(f"-c {name}={value}" for name, value in limits.items())
    connection.close()
    connection.settings_dict = {
        **connection.settings_dict,
        "OPTIONS": {
            **options,
            "application_name": "nexus migrations",
            "options": f"{options.get('options', '')} {ours}".strip(),  # the last one counts
        },
    }


@contextmanager
def lock_timeout(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    """Let statements wait this long for a lock; afterwards as long as the connection says."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{round(seconds * 1000)}ms'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


@contextmanager
def only_one_run(
    connection: BaseDatabaseWrapper, *, wait_seconds: float, tell: Callable[[str], None]
) -> Iterator[None]:
    """Hold the lock of migrations, waiting for another run to end. Raises AlreadyRunning.

    Asked again and again, not waited for: a session that waits inside a statement holds a
    snapshot, and a concurrent index waits for all of those, so that both would wait for ever.
    """
    deadline = time.monotonic() + wait_seconds
    has_told = False
    while not _try_lock(connection):
        holder = _holder(connection)
        if time.monotonic() > deadline:
            raise AlreadyRunning(f"Another run of migrations holds the lock: {holder}.")
        if not has_told:
            tell(f"Waiting for another run of migrations: {holder}.")
            has_told = True
        time.sleep(_LOOK_EVERY_SECONDS)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _try_lock(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK])
        return bool(cursor.fetchone()[0])


def _holder(connection: BaseDatabaseWrapper) -> str:
    high, low = divmod(MIGRATION_LOCK, 2**32)  # as pg_locks has the two halves of the number
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
            " AND classid = %s AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [high, low],
        )
        row = cursor.fetchone()
    return f"session {row[0]}" if row else "a session that has just ended"
