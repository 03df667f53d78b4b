"""What each worker counts. With several the values meet in PROMETHEUS_MULTIPROC_DIR."""

from django.conf import settings
from prometheus_client import Counter, Gauge, Histogram

_requests = Histogram(
    "nexus_http_request_seconds",
    "Time to answer, by route",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_database_seconds = Histogram(
    "nexus_http_request_database_seconds",
    "Time that a request waited for statements of the database, by route",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_queries = Histogram(
    "nexus_http_request_queries",
    "Statements that a request sent to the database, by route",
    ["route"],
    buckets=(0, 1, 2, 5, 10, 20, 50, 100),
)
_cache_reads = Counter(
    "nexus_cache_reads", "Reads of the cache: hit, miss, or skipped while it is away", ["outcome"]
)
_audit_records = Counter(
    "nexus_audit_records", "What went to the audit stream, by action", ["action"]
)
# By label, because one without would open its file before Gunicorn has made the folder.
_workers = Gauge(
    "nexus_workers", "Web workers that are up, by release", ["release"], multiprocess_mode="livesum"
)
_violations = Counter(
    "nexus_csp_violations",
    "What browsers say a page's policy stopped, by directive",
    ["directive"],
)
_limited = Counter(
    "nexus_rate_limited_requests", "Requests refused with a 429, by policy", ["policy"]
)
_degraded = Gauge(
    "nexus_degraded_workers",
    "Workers that do without something that is away, by what they do worse",
    ["part"],
    multiprocess_mode="livesum",
)
_replica_reads = Counter(
    "nexus_replica_reads",
    "Reads that the replica could answer, by who did: replica, or the primary because the caller"
    " is pinned, the replica behind or failed",
    ["outcome"],
)
_replica_lag = Gauge(
    "nexus_replica_lag_seconds",
    "How long ago everything had arrived at the replica that was committed then",
    ["database"],
    multiprocess_mode="livemax",
)
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_DIRECTIVES = frozenset(
    {
        "base-uri",
        "connect-src",
        "default-src",
        "font-src",
        "form-action",
        "frame-ancestors",
        "frame-src",
        "img-src",
        "manifest-src",
        "media-src",
        "object-src",
        "script-src",
        "script-src-attr",
        "script-src-elem",
        "style-src",
        "style-src-attr",
        "style-src-elem",
        "worker-src",
    }
)


def observe_request(
    *, method: str, route: str, status: int, s: float, database_s: float = 0, queries: int = 0
) -> None:
    """Count one answered request; `s` and `database_s` are in seconds.

    Unknown methods share one label.
    """
    _requests.labels(method if method in _METHODS else "other", route, str(status)).observe(s)
    _database_seconds.labels(route).observe(database_s)
    _queries.labels(route).observe(queries)


def count_cache_read(*, outcome: str) -> None:
    """Count one read of the cache: "hit", "miss" or "skipped"."""
    _cache_reads.labels(outcome).inc()


def count_audit_record(*, action: str) -> None:
    """Count one line of the audit stream."""
    _audit_records.labels(action).inc()


def report_worker() -> None:
    """Say that this process serves."""
    _workers.labels(settings.RELEASE).set(1)


def count_csp_violation(*, directive: str) -> None:
    """Count one report of a browser. Directives that no policy of ours has share one label."""
    _violations.labels(directive if directive in _DIRECTIVES else "other").inc()


def count_limited_request(*, policy: str) -> None:
    """Count one request that a rate limit refused."""
    _limited.labels(policy).inc()


def report_degraded(*, part: str, is_degraded: bool) -> None:
    """Say whether this process does without `part`: "rate limits" counted by all, the "cache"."""
    _degraded.labels(part).set(int(is_degraded))


def count_replica_read(*, outcome: str) -> None:
    """Count one read: "replica", or why it was the primary's: "pinned", "behind" or "failed"."""
    _replica_reads.labels(outcome).inc()


def report_replica_lag(*, s: float) -> None:
    """Say how many seconds the replica is behind, as this process sees it."""
    _replica_lag.labels("replica").set(s)
