"""What the database knows of the shop, asked for at each scrape: a few small statements."""

from collections.abc import Iterable, Iterator
from typing import Any

import structlog
from django.db import DatabaseError, connection
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ecommerce_backend.metrics import measuring

_log = structlog.get_logger("metrics")
_JOBS = """
    SELECT queue_name, status::text, count(*),
        coalesce(extract(epoch FROM now() - min(waiting.since)), 0)
    FROM procrastinate_jobs AS job
    LEFT JOIN LATERAL (
        SELECT coalesce(job.scheduled_at, min(at)) AS since
        FROM procrastinate_events
        WHERE job_id = job.id AND job.status = 'todo'
    ) AS waiting ON true
    WHERE status IN ('todo', 'doing', 'failed')
        AND (status <> 'todo' OR scheduled_at IS NULL OR scheduled_at <= now())
    GROUP BY queue_name, status
"""
_CONNECTIONS = """
    SELECT coalesce(state, 'hidden'), count(*)
    FROM pg_stat_activity
    WHERE backend_type = 'client backend'
    GROUP BY 1
"""


class ShopCollector(Collector):
    """Jobs, events, connections and the last measurements. It never fails a scrape."""

    def collect(self) -> Iterable[Metric]:
        is_answering = GaugeMetricFamily(
            "nexus_database_up", "Whether the database answered this scrape"
        )
        try:
            yield from [*_jobs(), *_connections(), *_events(), *_measurements()]
            is_answering.add_metric([], 1)
        except DatabaseError:
            _log.warning("scrape_without_database", exc_info=True)
            is_answering.add_metric([], 0)
        yield is_answering


def _jobs() -> Iterator[Metric]:
    jobs = GaugeMetricFamily(
        "nexus_jobs", "Jobs that wait, run or failed", labels=["queue", "status"]
    )
    oldest = GaugeMetricFamily(
        "nexus_jobs_oldest_seconds",
        "How long the job that waits longest could have been done",
        labels=["queue"],
    )
    for queue, status, count, seconds in _rows(_JOBS):
        jobs.add_metric([queue, status], count)
        if status == "todo":
            oldest.add_metric([queue], float(seconds))
    return iter([jobs, oldest])


def _connections() -> Iterator[Metric]:
    used = GaugeMetricFamily(
        "nexus_database_connections", "Connections to the server, by state", labels=["state"]
    )
    for state, count in _rows(_CONNECTIONS):
        used.add_metric([state], count)
    limit = GaugeMetricFamily(
        "nexus_database_connections_limit", "How many the server takes from the shop"
    )
    ((most,),) = _rows(
        "SELECT current_setting('max_connections')::int"
        " - current_setting('superuser_reserved_connections')::int"
    )
    limit.add_metric([], most)
    return iter([used, limit])


def _events() -> Iterator[Metric]:
    """Tell where the feed ends; whoever reads it says how far behind that it is."""
    last = GaugeMetricFamily("nexus_events_last_id", "Id of the event recorded last")
    at = GaugeMetricFamily(
        "nexus_events_last_timestamp_seconds", "When the last event was recorded"
    )
    for number, moment in _rows(
        "SELECT id, extract(epoch FROM recorded_at) FROM common_event ORDER BY id DESC LIMIT 1"
    ):
        last.add_metric([], number)
        at.add_metric([], float(moment))
    return iter([last, at])


def _measurements() -> Iterator[Metric]:
    breaches = GaugeMetricFamily(
        "nexus_invariant_breaches",
        "Rows that broke an invariant of stock, money or ratings when it was last checked",
        labels=["invariant"],
    )
    rows = GaugeMetricFamily(
        "nexus_table_rows", "Rows of a table when they were last counted", labels=["table"]
    )
    at = GaugeMetricFamily(
        "nexus_measured_timestamp_seconds",
        "When a number that is not computed at a scrape was computed; old means stale",
        labels=["kind", "name"],
    )
    families = {measuring.Kind.INVARIANT: breaches, measuring.Kind.TABLE: rows}
    for kind, name, value, moment in _rows(
        "SELECT kind, name, value, extract(epoch FROM measured_at) FROM common_measurement"
    ):
        if kind in families:
            families[kind].add_metric([name], value)
            at.add_metric([kind, name], float(moment))
    return iter([breaches, rows, at])


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
