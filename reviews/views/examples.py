"""What the API's documentation shows: the demo customer's opinion of a mug."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import id_in_path, slug_in_path

PRODUCT_SLUG = slug_in_path("slug", max_length=255, example="harbour-porcelain-mug")
REVIEW_ID = id_in_path(example=4711)

_WRITTEN: Final[dict[str, Any]] = {
    "rating": 5,
    "title": "Keeps tea warm",
    "text": "Heavy in the hand, and the glaze survives the dishwasher.",
}
_REVIEW: Final[dict[str, Any]] = {
    "id": 4711,
    "author": "Robin E.",
    **_WRITTEN,
    "verified_purchase": True,
    "created_at": "2026-11-22T14:29:41Z",
}
_OWN: Final[dict[str, Any]] = {
    **_REVIEW,
    "product": {"slug": "harbour-porcelain-mug", "name": "Harbour Porcelain Mug"},
    "status": "published",
    "rejection_reason": "",
    "updated_at": "2026-11-22T14:29:41Z",
}

FIVE_STARS = OpenApiExample("Five stars", value=_WRITTEN, request_only=True)
FOUR_STARS = OpenApiExample("On second thought", value={"rating": 4}, request_only=True)
REJECT = OpenApiExample(
    "Reject", value={"decision": "reject", "reason": "It advertises a shop."}, request_only=True
)
PUBLIC = OpenApiExample("Five stars", value=_REVIEW, response_only=True)
OWN = OpenApiExample("Published", value=_OWN, response_only=True)
CHANGED = OpenApiExample("Four stars", value={**_OWN, "rating": 4}, response_only=True)
REJECTED = OpenApiExample(
    "Rejected",
    value={**_OWN, "status": "rejected", "rejection_reason": "It advertises a shop."},
    response_only=True,
)
SUMMARY = OpenApiExample(
    "Three",
    value={
        "average": "4.33",
        "count": 3,
        "distribution": {"1": 0, "2": 0, "3": 1, "4": 0, "5": 2},
    },
    response_only=True,
)
