from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from ecommerce_backend.common.problems import MEDIA_TYPE, method_not_allowed


class ProblemMiddleware:
    """Give the bare 405 of Django's views and of static files, which no handler sees, our shape."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_bare = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        if not is_bare or response.get("Content-Type") == MEDIA_TYPE:
            return response
        answer = method_not_allowed(request)
        answer["Allow"] = response.get("Allow", "")
        return answer
