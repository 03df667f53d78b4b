"""Who holds the lock that a migration waits for."""

from contextlib import suppress
from threading import Event, Thread
from typing import Any, Self

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

_LOOK_EVERY_SECONDS = 0.2
_SESSIONS = """
SELECT pid, coalesce(usename, backend_type), application_name, state,
       extract(epoch FROM clock_timestamp() - xact_start)::int,
       left(regexp_replace(query, '\\s+', ' ', 'g'), 80)
  FROM pg_stat_activity WHERE
"""
_BLOCKING = f"{_SESSIONS} pid = ANY(pg_blocking_pids(%s)) ORDER BY xact_start LIMIT 3"
_HOLDING = f"""{_SESSIONS} xact_start < clock_timestamp() - interval '1 second'
   AND pid IN (SELECT pid FROM pg_locks WHERE granted AND relation = to_regclass(%s))
   AND pid <> pg_backend_pid() ORDER BY xact_start LIMIT 3"""  # noqa: S608 – of constants


class Blockers:
    """Looks, from a second connection, at whom the first one waits for while it waits.

    Afterwards it would be too late: a statement that gave up is in no queue any more.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        connection.ensure_connection()
        self._pid = connection.connection.info.backend_pid
        self._watch = connection.copy()
        self._is_over = Event()
        self._rows: list[tuple[Any, ...]] = []
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        with suppress(DatabaseError):  # it only explains; without it the migration goes on
            self._watch.inc_thread_sharing()
            while not self._is_over.wait(_LOOK_EVERY_SECONDS):
                with self._watch.cursor() as cursor:
                    cursor.execute(_BLOCKING, [self._pid])
                    self._rows = cursor.fetchall() or self._rows
        self._watch.close()

    def __str__(self) -> str:
        """Return one line about who was in the way last, the longest transaction first."""
        return "; ".join(_describe(*row) for row in self._rows) or "sessions that are gone by now"


def long_holders(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """Return who has held a lock on this table for longer than a second, one line each."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDING, [table])
        return [_describe(*row) for row in cursor.fetchall()]


def _describe(
    pid: int, who: str, application: str, state: str | None, seconds: int | None, query: str | None
) -> str:
    """Return what there is to say; of other roles' sessions an owner sees little."""
    since = f" for {seconds} s" if seconds is not None else ""
    doing = f" ({state}{since}: {query})" if state else ""
    return f"session {pid} of {who}{f' [{application}]' if application else ''}{doing}"
