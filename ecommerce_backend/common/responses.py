from typing import Any

from django.http import HttpRequest
from rest_framework.response import Response

from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.problems import MEDIA_TYPE, headers_of, problem
from ecommerce_backend.common.renderers import ORJSONRenderer


class ProblemResponse(Response):
    """A problem document: JSON, even from a view that otherwise answers with a PDF or a sheet."""

    def __init__(self, document: Any, headers: dict[str, str] | None = None) -> None:
        status = document["status"]
        all_headers = {**headers_of(status), **(headers or {})}
        super().__init__(document, status, headers=all_headers, content_type=MEDIA_TYPE)

    @property
    def rendered_content(self) -> bytes:  # type: ignore[override]
        self["Content-Type"] = MEDIA_TYPE
        return ORJSONRenderer().render(self.data)


def refusal(request: HttpRequest, error: DomainError) -> ProblemResponse:
    """Return how a broken rule of the shop is told; `retry_after` (seconds) is a header as well."""
    document = problem(
        request,
        status=error.http_status,
        code=error.code,
        detail=str(error),
        faults=error.faults,
        extra=error.extra,
    )
    wait = error.extra.get("retry_after")
    return ProblemResponse(document, headers={"Retry-After": str(wait)} if wait else None)
