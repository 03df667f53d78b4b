from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ecommerce_backend.common import rate_limits
from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.problems import problem_response


class RateLimitMiddleware:
    """Count every request against the network it comes from, and say how the limits stand.

    Neither its method nor the spelling of its path matters: what nobody answers counts as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # What is routed, not what a SCRIPT_NAME in front of it makes of it.
        if request.path_info.startswith(settings.RATE_LIMITS_EXEMPT):
            return self.get_response(request)
        caller = rate_limits.network_of(client_address(request))
        with rate_limits.ledger_of(caller) as ledger:
            response = self._answer(request, ledger)
            for name, value in ledger.headers().items():
                response[name] = value
        return response

    def _answer(self, request: HttpRequest, ledger: rate_limits.Ledger) -> HttpResponse:
        with_token = any(name in request.headers for name in settings.GUEST_TOKEN_HEADERS)
        try:
            rate_limits.enter(ledger, with_token=with_token)
        except rate_limits.RateLimited as limited:
            return _refused(request, limited)
        return self.get_response(request)


def _refused(request: HttpRequest, limited: rate_limits.RateLimited) -> HttpResponse:
    response = problem_response(
        request,
        status=limited.http_status,
        code=limited.code,
        detail=str(limited),
        extra=limited.extra,
    )
    response["Retry-After"] = str(limited.extra["retry_after"])
    return response
