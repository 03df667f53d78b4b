from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ecommerce_backend.common.replica import pins

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class PinWritersMiddleware:
    """Remember who asked for a change, whatever became of it, before they learn of the outcome."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in _SAFE:
            pins.pin(pins.marks_of(request, response))
        return response
