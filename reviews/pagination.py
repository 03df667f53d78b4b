from typing import Any, Final

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from ecommerce_backend.common.pagination import NewestFirst

DEFAULT_ORDERING: Final = "-created_at"
# A cursor remembers one column and counts its equals, up to a thousand: too few for a rating.
ORDERINGS: Final = {
    DEFAULT_ORDERING: ("-created_at", "-pk"),
    "-rating": ("-best_first",),
    "rating": ("worst_first",),
}


class ReviewPages(NewestFirst):
    """Pages in the order the reader chose."""

    def get_ordering(
        self,
        request: Request,
        queryset: Any,  # noqa: ARG002
        view: APIView | None,  # noqa: ARG002
    ) -> tuple[str, ...]:
        chosen = request.query_params.get("ordering", DEFAULT_ORDERING)
        if chosen not in ORDERINGS:
            raise ValidationError({"ordering": f"Use one of {', '.join(ORDERINGS)}."})
        return ORDERINGS[chosen]
