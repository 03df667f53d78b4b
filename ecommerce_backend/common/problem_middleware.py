"""What is settled at the door, so that all views do it alike: methods and slashes."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.middleware.common import CommonMiddleware

from ecommerce_backend.common.methods import methods_of
from ecommerce_backend.common.problems import (
    API_PREFIX,
    MEDIA_TYPE,
    method_not_allowed,
    problem_response,
)


class ProblemMiddleware:
    """Answer OPTIONS and methods that an address does not know, before asking who it is.

    Where only the answer tells which methods there are (Django's own views, static files), its bare
    405 gets our shape.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return _beyond_its_end(request, response)
        is_bare = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        if not is_bare or response.get("Content-Type") == MEDIA_TYPE:
            return response
        methods = [name.strip() for name in response.get("Allow", "").split(",")]
        return _refused_or_told(request, dict.fromkeys([*methods, "OPTIONS"]))

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: Any,  # noqa: ARG002
        kwargs: Any,  # noqa: ARG002
    ) -> HttpResponse | None:
        methods = methods_of(view)
        if request.method == "OPTIONS" or request.method not in methods:
            return _refused_or_told(request, methods)
        return None


def _refused_or_told(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    is_question = request.method == "OPTIONS"
    response = HttpResponse(status=204) if is_question else method_not_allowed(request)
    response["Allow"] = ", ".join(methods)
    return response


def _beyond_its_end(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """Answer for WhiteNoise, which alone reads Range; its answer says how long the file is."""
    response = problem_response(
        request,
        status=416,
        code="range_not_satisfiable",
        detail="The file has no such range; `Content-Range` says how long it is.",
    )
    response["Content-Range"] = bare["Content-Range"]
    return response


class PageSlashMiddleware(CommonMiddleware):
    """Redirect people to the address with its slash, but no program: it would never learn it."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        """Let a scraper name the worker as it likes: nothing on its page is made of the name."""
        if request.path_info == settings.METRICS_PATH:
            return None
        return super().process_request(request)

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        if request.path_info.startswith(API_PREFIX):
            return False
        return super().should_redirect_with_slash(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        """Leave out the length that Django puts at 0 where there is no body (RFC 9110 §8.6)."""
        response = super().process_response(request, response)
        if response.status_code in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            del response["Content-Length"]
        return response
