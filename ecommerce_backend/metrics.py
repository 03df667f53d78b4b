"""What Prometheus reads. With several workers the values meet in PROMETHEUS_MULTIPROC_DIR."""

import os

from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
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
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def observe_request(*, method: str, route: str, status: int, s: float) -> None:
    """Count one answered request; `s` is in seconds. Unknown methods share one label."""
    _requests.labels(method if method in _METHODS else "other", route, str(status)).observe(s)


@read_only
def metrics(request: HttpRequest) -> HttpResponse:
    """GET /metrics, for the scraper on the inside network; nginx does not pass it on."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
