"""The version of what staff edit: nobody writes over what a colleague changed meanwhile."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from ecommerce_backend.common.preconditions import PreconditionFailed, etag_of, expected_tags

IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Do it only if this is still the ETag of what is changed; else 412.",
)
ETAG: Final = OpenApiParameter(
    "ETag",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="This version, for If-Match.",
    response=True,
)


def shown(body: Any, status: int = 200) -> Response:
    """Answer with something and its version."""
    return Response(body, status, headers={"ETag": etag_of(body)})


def require_seen(request: Request, body: Any) -> None:
    """See that something is still as If-Match says. Call with its row locked.

    Raises PreconditionFailed.
    """
    expected = expected_tags(request.headers)
    if expected is not None and etag_of(body) not in expected:
        raise PreconditionFailed
