"""How far the replica is behind, watched by one thread of each process."""

import math
import os
import time
from contextlib import suppress
from functools import cache
from threading import Event, Thread
from typing import Any
from weakref import WeakSet

import psycopg
import structlog
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from ecommerce_backend import metrics
from ecommerce_backend.common.replica.asking import NoAnswer, cut, number_of
from ecommerce_backend.common.replica.positions import Positions
from ecommerce_backend.env_databases import PRIMARY, REPLICA

EVERY = 1.0  # second
PATIENCE = 2.0  # seconds for an answer
_WRITTEN = b"SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"
# NULL of a server that is no replica (any more): what it has may be a history of its own.
_REPLAYED = (
    b"SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn END"
)
_log = structlog.get_logger("replica")


class Follower:
    """Knows up to when the replica has everything. Until it has looked, that is never."""

    def __init__(self) -> None:
        self._positions = Positions()
        self._asking: dict[str, psycopg.Connection[Any]] = {}
        self._in_use: WeakSet[psycopg.Connection[Any]] = WeakSet()
        self._as_of = -math.inf
        self._was_current: bool | None = None
        connection_created.connect(self._remember)

    def start(self) -> None:
        """Watch for as long as the process lives."""
        Thread(target=self._follow, name="replica", daemon=True).start()

    def is_current(self) -> bool:
        return self.lag() <= settings.REPLICA_MAX_LAG_SECONDS

    def lag(self) -> float:
        """Return how many seconds ago everything had arrived that was committed then."""
        return time.monotonic() - self._as_of

    def leave(self) -> None:
        """Use the replica no more until it has answered again."""
        self._as_of = -math.inf

    def _remember(self, *, connection: BaseDatabaseWrapper, **_: Any) -> None:
        if connection.alias == REPLICA:
            self._in_use.add(connection.connection)

    def _follow(self) -> None:
        pause = Event()
        while True:
            reason = self.look()
            is_current = self.is_current()
            metrics.report_replica_lag(s=self.lag())
            if is_current != self._was_current:
                self._was_current = is_current
                metrics.report_degraded(part="replica", is_degraded=not is_current)
                if is_current:
                    _log.warning("replica.used", lag=round(self.lag(), 1))
                else:
                    _log.error("replica.left", reason=reason)
            pause.wait(EVERY)

    def look(self) -> str:
        """Ask both servers; return why the replica cannot be used, if it is not current then."""
        asked_at = time.monotonic()
        try:
            written = self._ask(PRIMARY, _WRITTEN)
        except NoAnswer as error:
            return f"the primary: {error}"
        self._positions.note(asked_at, written or 0)
        try:
            replayed = self._ask(REPLICA, _REPLAYED)
        except NoAnswer as error:
            self.leave()
            self._cut_those_who_wait()
            return str(error)
        if replayed is None:
            self.leave()
            return "it is no replica"
        self._as_of = self._positions.as_of(replayed) or -math.inf
        return "it is behind"

    def _ask(self, alias: str, query: bytes) -> int | None:
        try:
            if alias not in self._asking:
                parameters = connections[alias].get_connection_params()
                parameters |= {"autocommit": True, "connect_timeout": math.ceil(PATIENCE)}
                self._asking[alias] = psycopg.connect(**parameters)
            return number_of(self._asking[alias], query, seconds=PATIENCE)
        except (psycopg.Error, NoAnswer) as error:
            self._hang_up(alias)
            raise NoAnswer(str(error)) from error

    def close(self) -> None:
        """Hang up on both."""
        for alias in list(self._asking):
            self._hang_up(alias)

    def _hang_up(self, alias: str) -> None:
        if connection := self._asking.pop(alias, None):
            cut(connection)
            with suppress(psycopg.Error):
                connection.close()

    def _cut_those_who_wait(self) -> None:
        """Requests that wait for a server that hangs would wait for as long as it does."""
        for connection in list(self._in_use):
            cut(connection)


@cache
def follower() -> Follower:
    """Return the one of this process, which watches from its first moment."""
    watching = Follower()
    watching.start()
    return watching


def watch_replica() -> None:
    """Begin to watch now, if there is a replica: the first requests can use it then."""
    if REPLICA in settings.DATABASES:
        follower()


os.register_at_fork(after_in_child=follower.cache_clear)  # a thread does not survive a fork
