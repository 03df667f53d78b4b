from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet

from reviews.models import Review
from users.models import User

_REVIEW = (
    "rating",
    "title",
    "text",
    "status",
    "rejection_reason",
    "is_verified_purchase",
    "created_at",
    "updated_at",
)


def held(*, user: User) -> Mapping[str, QuerySet[Any, dict[str, Any]]]:
    """Return what this app holds on a person (settings.DATA_HOLDINGS)."""
    return {
        "reviews": Review.objects.filter(author=user)
        .order_by("pk")
        .values(*_REVIEW, product_slug=F("product__slug"))
    }
