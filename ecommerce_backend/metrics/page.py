import os
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)

from ecommerce_backend.common.decorators import read_only
from ecommerce_backend.common.problems import not_found
from ecommerce_backend.metrics.files import at_rest
from ecommerce_backend.metrics.installation import InstallationCollector
from ecommerce_backend.metrics.shop import ShopCollector

# Only a proxy sends them, and a scraper comes straight to the worker.
_OF_PROXIES = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


@read_only
def metrics(request: HttpRequest) -> HttpResponse:
    """GET /metrics, for the scraper on the inside network.

    nginx does not pass it on. Should another proxy do, what came through one is refused here as
    well, and so is a caller whose own address is neither of METRICS_NETWORKS nor, by default,
    private.
    """
    if not _is_from_inside(request):
        return not_found(request, Exception())
    asked = CollectorRegistry()
    asked.register(ShopCollector())
    asked.register(InstallationCollector())
    return HttpResponse(_counted() + generate_latest(asked), content_type=CONTENT_TYPE_LATEST)


def _counted() -> bytes:
    """Return what this process counted, or all workers together."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    with at_rest(Path(folder)):
        return generate_latest(together)


def _is_from_inside(request: HttpRequest) -> bool:
    if any(name in request.headers for name in _OF_PROXIES):
        return False
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a socket file, whose peer is of this machine
        return not request.META.get("REMOTE_ADDR")
    if settings.METRICS_NETWORKS:
        return any(peer in network for network in settings.METRICS_NETWORKS)
    return peer.is_private
