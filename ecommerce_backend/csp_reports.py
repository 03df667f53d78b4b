"""What browsers report when the Content-Security-Policy of a page stopped something."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ecommerce_backend import metrics
from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.decorators import accepts
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.problems import problem_response
from ecommerce_backend.common.rate_limits import network_of, spend

MAX_REPORTS = 20  # of one request; browsers send what they collected in a batch
MAX_LENGTH = 200  # of one field in the log
ADDRESSES = frozenset({"blocked", "page", "source"})
# Our name of a field, and what the Reporting API and CSP level 2 call it.
FIELDS = {
    "directive": ("effectiveDirective", "effective-directive"),
    "blocked": ("blockedURL", "blocked-uri"),
    "page": ("documentURL", "document-uri"),
    "source": ("sourceFile", "source-file"),
    "line": ("lineNumber", "line-number"),
    "sample": ("sample", "script-sample"),
}

_log = structlog.get_logger("csp")


@csrf_exempt
@accepts("POST")
def collect(request: HttpRequest) -> HttpResponse:
    """POST /csp-reports/: log and count each violation; 204 when there was any sense in it."""
    violations_in = _READERS.get(request.content_type or "")
    if violations_in is None:
        return _refused(request, 415, "unsupported_media_type", "Only reports of browsers.")
    try:
        spend({"csp-reports": network_of(client_address(request))})
    except DomainError as refusal:
        answer = _refused(request, refusal.http_status, refusal.code, str(refusal))
        answer["Retry-After"] = str(refusal.extra["retry_after"])
        return answer
    body = request.read(settings.CSP_REPORT_MAX_BYTES + 1)
    if len(body) > settings.CSP_REPORT_MAX_BYTES:
        return _refused(request, 413, "body_too_large", "The reports are too long.")
    try:
        violations = list(violations_in(orjson.loads(body)))
    except (ValueError, TypeError, KeyError):
        return _refused(request, 400, "parse_error", "The body holds no reports.")
    for violation in violations[:MAX_REPORTS]:
        _record(violation)
    return HttpResponse(status=204)


def _refused(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    return problem_response(request, status=status, code=code, detail=detail)


def _of_reporting_api(reports: Any) -> Iterable[Mapping[str, Any]]:
    """Read application/reports+json (W3C Reporting API)."""
    return (dict(report["body"]) for report in reports if report["type"] == "csp-violation")


def _of_csp_2(report: Any) -> Iterable[Mapping[str, Any]]:
    """Read application/csp-report (CSP level 2 §5.3), which holds one."""
    return [dict(report["csp-report"])]


_READERS: Mapping[str, Callable[[Any], Iterable[Mapping[str, Any]]]] = {
    "application/reports+json": _of_reporting_api,
    "application/csp-report": _of_csp_2,
}


def _record(violation: Mapping[str, Any]) -> None:
    """Log a violation without the queries of its addresses, which may hold secrets."""
    told: dict[str, str] = {}
    for name, spellings in FIELDS.items():
        value = next((str(violation[word]) for word in spellings if _is_plain(violation, word)), "")
        told[name] = (_without_query(value) if name in ADDRESSES else value)[:MAX_LENGTH]
    metrics.count_csp_violation(directive=told["directive"])
    _log.warning("csp.violation", **told)


def _is_plain(violation: Mapping[str, Any], word: str) -> bool:
    """Tell whether a field is there and is text or a number: nested ones exhaust the stack."""
    return isinstance(violation.get(word), str | int | float) and bool(violation[word])


def _without_query(address: str) -> str:
    try:
        return urlsplit(address)._replace(query="", fragment="").geturl()
    except ValueError:
        return ""
