"""Whether the shop can serve the next request, and what it has to do without.

One look is shared by everybody who asks within a second, and while one is under way the others get
the last outcome: a slow part is asked by one thread at a time, however many probes there are.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from redis.exceptions import RedisError

from ecommerce_backend import reports
from ecommerce_backend.common.redis_client import client_at

MAX_WAITING_JOBS = 10_000
SHARED_SECONDS = 1.0
PATIENCE_SECONDS = 2.0  # a probe usually waits three
REDIS_SECONDS = 0.5  # a healthy one answers in a thousandth of it
# Without these nothing can be served; without the rest a part of the shop goes on.
VITAL = frozenset({"database", "migrations"})

_log = structlog.get_logger("health")


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """What was found: `checks` maps a part to "ok" or to what is wrong with it."""

    checks: dict[str, str]

    @property
    def status(self) -> str:
        wrong = {part for part, outcome in self.checks.items() if outcome != "ok"}
        if not wrong:
            return "ok"
        return "unavailable" if wrong & VITAL else "degraded"


SLOW = Readiness(checks={"database": "slow"})


def look() -> Readiness:
    """Ask every part."""
    checks = {"database": _database(), "redis": _redis()}
    if checks["database"] == "ok":  # else each further question would wait for the same time-out
        checks |= {"migrations": _migrations(), "jobs": _jobs()}
    return Readiness(checks=checks | reports.standing())


class Shared:
    """The outcome of the last look, for `seconds`.

    A look that takes longer than `patience` seconds counts as a database that does not answer:
    nothing else is waited for that long.
    """

    def __init__(self, look: Callable[[], Readiness], *, seconds: float, patience: float) -> None:
        self._look = look
        self._seconds = seconds
        self._patience = patience
        self._lock = Lock()
        self._last = SLOW
        self._looked_at = -math.inf

    def get(self) -> Readiness:
        """Return an outcome that is new, or the last one while another thread is looking."""
        age = time.monotonic() - self._looked_at
        if age < self._seconds:
            return self._last
        is_stale = age > self._patience
        if not self._lock.acquire(timeout=self._patience if is_stale else 0):
            return SLOW if is_stale else self._last
        try:
            if time.monotonic() - self._looked_at >= self._seconds:
                self._last = self._look()
                self._looked_at = time.monotonic()
            return self._last
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Look anew when the next one asks."""
        self._looked_at = -math.inf


shared = Shared(look, seconds=SHARED_SECONDS, patience=PATIENCE_SECONDS)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        _log.exception("database_unavailable")
        return "unavailable"
    return "ok"


def _redis() -> str:
    """Write, because one that is full or a replica still answers a ping."""
    try:
        for url in {settings.REDIS_URL, settings.REDIS_STATE_URL}:
            client_at(url, timeout=REDIS_SECONDS).set("nexus:health", 1, ex=5)
    except (RedisError, OSError):
        _log.exception("redis_unavailable")
        return "unavailable"
    return "ok"


def _migrations() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall())
    except DatabaseError:
        return "unavailable"
    return "pending" if known_migrations() - applied else "ok"


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations that this release comes with; reading their files takes a while."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _jobs() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
                " AND (scheduled_at IS NULL OR scheduled_at <= now())"
            )
            row = cursor.fetchone()
    except DatabaseError:
        return "unavailable"
    return "ok" if row and row[0] <= MAX_WAITING_JOBS else "backlog"
