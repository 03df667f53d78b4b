"""Whether the process is alive, and whether it could serve the next request."""

import structlog
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from ecommerce_backend.common.decorators import read_only
from ecommerce_backend.common.problems import headers_of

MAX_WAITING_JOBS = 10_000

_log = structlog.get_logger("health")


@read_only
def live(request: HttpRequest) -> JsonResponse:
    """GET /health/live/: the process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@read_only
def ready(request: HttpRequest) -> JsonResponse:
    """GET /health/ready/: 200 when every part answers, else 503 with the parts that do not."""
    checks = {"database": _database(), "redis": _redis()}
    if checks["database"] == "ok":  # else each further question would wait for the same time-out
        checks |= {"migrations": _migrations(), "jobs": _jobs()}
    is_ready = all(outcome == "ok" for outcome in checks.values())
    status = 200 if is_ready else 503
    return JsonResponse(
        {"status": "ok" if is_ready else "unavailable", "checks": checks},
        status=status,
        headers=headers_of(status),
    )


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        _log.exception("database_unavailable")
        return "unavailable"
    return "ok"


def _redis() -> str:
    try:
        cache.set("health", 1, timeout=5)
    except (RedisError, OSError):
        _log.exception("redis_unavailable")
        return "unavailable"
    return "ok"


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        is_pending = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return "unavailable"
    return "pending" if is_pending else "ok"


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
