"""Whether the process is alive, and whether it could serve the next request."""

from collections.abc import Callable

from django.http import HttpRequest, JsonResponse

from ecommerce_backend import readiness
from ecommerce_backend.common.decorators import read_only
from ecommerce_backend.common.problems import headers_of

_is_draining: Callable[[], bool] = lambda: False  # noqa: E731 – replaced by the web server


def drain_when(is_draining: Callable[[], bool]) -> None:
    """Let the web server say when this process has been told to stop."""
    global _is_draining  # noqa: PLW0603 – one per process, as the server is
    _is_draining = is_draining


@read_only
def live(request: HttpRequest) -> JsonResponse:
    """GET /health/live/: the process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@read_only
def ready(request: HttpRequest) -> JsonResponse:
    """GET /health/ready/: 200 when the shop can serve, be it with less than all; else 503.

    `status` is "ok"; "degraded" when something needs a look though requests are served;
    "unavailable"; or "draining" once the process has been told to stop.
    """
    if _is_draining():
        return _answer(503, "draining", {})
    found = readiness.shared.get()
    return _answer(503 if found.status == "unavailable" else 200, found.status, found.checks)


def _answer(status: int, summary: str, checks: dict[str, str]) -> JsonResponse:
    body = {"status": summary, "checks": checks}
    return JsonResponse(body, status=status, headers=headers_of(status))
