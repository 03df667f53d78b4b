"""What the API's documentation shows."""

from typing import Final

WRITTEN: Final = {
    "rating": 5,
    "title": "Keeps tea warm",
    "text": "Heavy in the hand, and the glaze survives the dishwasher.",
}
REVIEW: Final = {
    "id": 4711,
    "author": "Ada C.",
    **WRITTEN,
    "verified_purchase": True,
    "created_at": "2026-11-22T14:29:41Z",
}
OWN_REVIEW: Final = {
    **REVIEW,
    "product": {"slug": "stoneware-mug", "name": "Stoneware mug"},
    "status": "published",
    "rejection_reason": "",
    "updated_at": "2026-11-22T14:29:41Z",
}
REJECTED: Final = {**OWN_REVIEW, "status": "rejected", "rejection_reason": "It advertises a shop."}
SUMMARY: Final = {
    "average": "4.33",
    "count": 3,
    "distribution": {"1": 0, "2": 0, "3": 1, "4": 0, "5": 2},
}
