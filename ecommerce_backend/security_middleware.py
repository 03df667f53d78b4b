"""Who is asking (request id) and what a browser may do with the answer (headers)."""

import re
import time
from collections.abc import Callable, Mapping
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ecommerce_backend import metrics

GetResponse = Callable[[HttpRequest], HttpResponse]

_WELL_FORMED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_log = structlog.get_logger("request")


class RequestIdMiddleware:
    """Give each request an id that is in every log line and answer, and log how it ended."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if _WELL_FORMED_ID.fullmatch(offered) else uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            seconds = time.perf_counter() - started
            route = request.resolver_match.route if request.resolver_match else "unmatched"
            metrics.observe_request(
                method=request.method or "", route=route, status=response.status_code, s=seconds
            )
            _log.info(
                "answered",
                method=request.method,
                path=request.path,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        return response


class SecurityHeadersMiddleware:
    """Set the headers that Django's SecurityMiddleware has no setting for, on every answer.

    `SECURE_CSP` has the name and shape of Django 6's setting, so that this class can go then.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.default = _policy(settings.SECURE_CSP)
        self.pages = _policy(settings.SECURE_CSP_PAGES)
        self.areas = {
            prefix: _policy(policy) for prefix, policy in settings.SECURE_CSP_AREAS.items()
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self._policy_for(request, response))
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def _policy_for(self, request: HttpRequest, response: HttpResponse) -> str:
        for prefix, policy in self.areas.items():
            if request.path.startswith(prefix):
                return policy
        is_page = response.get("Content-Type", "").startswith("text/html")
        return self.pages if is_page else self.default


def _policy(directives: Mapping[str, list[str]]) -> str:
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())
