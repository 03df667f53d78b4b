"""Who is asking (request id), by which way, and what a browser may do with the answer."""

import re
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import SplitResult
from uuid import uuid4

import structlog
from corsheaders.middleware import CorsMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from ecommerce_backend import metrics
from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.problems import problem_response
from ecommerce_backend.metrics.database_time import measured

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
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            audit.on_behalf_of(request),
            measured() as spent,
        ):
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            seconds = time.perf_counter() - started
            route = request.resolver_match.route if request.resolver_match else "unmatched"
            metrics.observe_request(
                method=request.method or "",
                route=route,
                status=response.status_code,
                s=seconds,
                database_s=spent.seconds,
                queries=spent.queries,
            )
            _log.info(
                "answered",
                method=request.method,
                path=request.path,
                client=client_address(request),
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                database_ms=round(spent.seconds * 1000, 1),
                queries=spent.queries,
                **_who(request),
            )
        return response


def _who(request: HttpRequest) -> dict[str, int]:
    """Name the user, if anything needed to know; to ask now would cost a query."""
    user = getattr(request, "_cached_user", None) or vars(request).get("user")
    if isinstance(user, SimpleLazyObject) or user is None or not user.is_authenticated:
        return {}
    return {"user_id": user.pk}


class SecurityHeadersMiddleware:
    """Set the headers that Django's SecurityMiddleware has no setting for, on every answer.

    `SECURE_CSP` has the name and shape of Django 6's setting, so that this class can go then.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.default = _headers(settings.SECURE_CSP)
        self.pages = _headers(settings.SECURE_CSP_PAGES)
        self.areas = {
            area: _headers(policy) | settings.AREA_HEADERS.get(area, {})
            for area, policy in settings.SECURE_CSP_AREAS.items()
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self._headers_for(request, response).items():
            response[name] = value
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _headers_for(self, request: HttpRequest, response: HttpResponse) -> Mapping[str, str]:
        """An error is a page of no area: it needs no script, nor to be saved as a file."""
        if response.status_code < HTTPStatus.BAD_REQUEST:
            for area, headers in self.areas.items():
                if request.path_info.startswith(area):
                    return headers
        is_page = response.get("Content-Type", "").startswith("text/html")
        return self.pages if is_page else self.default


def _headers(policy: Mapping[str, list[str]]) -> dict[str, str]:
    directives = "; ".join(" ".join([name, *sources]) for name, sources in policy.items())
    headers = {
        "Content-Security-Policy": directives,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": settings.PERMISSIONS_POLICY,
    }
    if "report-to" in policy:
        headers["Reporting-Endpoints"] = f'csp="{settings.CSP_REPORTS_PATH}"'
    return headers


class ExactCorsMiddleware(CorsMiddleware):
    """Compare whole origins; the library overlooks a path behind one, which no browser sends."""

    def origin_found_in_white_lists(self, origin: str, url: SplitResult) -> bool:  # noqa: ARG002
        return origin in settings.CORS_ALLOWED_ORIGINS


class RequireHttpsMiddleware:
    """Refuse plain HTTP where the shop is reached by HTTPS.

    A redirect would hide from a client that it sends its token in the clear each time.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_required = settings.HTTPS_REQUIRED and not request.path_info.startswith(
            settings.HTTPS_EXEMPT
        )
        if not is_required or request.is_secure():
            return self.get_response(request)
        return problem_response(
            request,
            status=403,
            code="https_required",
            detail="The shop answers over HTTPS only. Take whatever this request held for known.",
        )


class StaffNetworkMiddleware:
    """Keep the staff's pages and API to the networks of ADMIN_NETWORKS, if it names any."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.STAFF_AREAS) or _is_from_staff_network(
            request
        ):
            return self.get_response(request)
        audit.record(
            Action.STAFF_DENIED, subject=f"path:{request.path}"[:128], details={"by": "network"}
        )
        return problem_response(
            request,
            status=403,
            code="permission_denied",
            detail="The staff's part of the shop does not answer to your network.",
        )


def _is_from_staff_network(request: HttpRequest) -> bool:
    if not settings.ADMIN_NETWORKS:
        return True
    try:
        address = ip_address(client_address(request))
    except ValueError:  # a socket file, whose peer has no address
        return False
    return any(address in network for network in settings.ADMIN_NETWORKS)
