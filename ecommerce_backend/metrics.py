"""What Prometheus reads. With several workers the values meet in PROMETHEUS_MULTIPROC_DIR."""

import os

from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from ecommerce_backend.common.decorators import read_only

_requests = Histogram(
    "nexus_http_request_seconds",
    "Time to answer, by route",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
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


def observe_request(*, method: str, route: str, status: int, s: float) -> None:
    """Count one answered request; `s` is in seconds. Unknown methods share one label."""
    _requests.labels(method if method in _METHODS else "other", route, str(status)).observe(s)


def count_csp_violation(*, directive: str) -> None:
    """Count one report of a browser. Directives that no policy of ours has share one label."""
    _violations.labels(directive if directive in _DIRECTIVES else "other").inc()


def count_limited_request(*, policy: str) -> None:
    """Count one request that a rate limit refused."""
    _limited.labels(policy).inc()


def report_degraded_limits(*, is_degraded: bool) -> None:
    """Say whether this process counts rate limits without Redis."""
    _degraded.labels("rate limits").set(int(is_degraded))


@read_only
def metrics(request: HttpRequest) -> HttpResponse:
    """GET /metrics, for the scraper on the inside network; nginx does not pass it on."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
