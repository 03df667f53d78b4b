"""What reviews forget when their author is erased."""

from typing import Any

from catalog.models import Product
from reviews.models import Review
from users.models import User


def discard_unpublished(*, user: User, **_: Any) -> None:
    """Delete what nobody was shown; published reviews stay, and are by "Anonymous" from now on.

    For `customer_erased`.
    """
    unpublished = Review.objects.filter(author=user).exclude(status=Review.Status.PUBLISHED)
    for product_id in unpublished.order_by("product_id").values_list("product_id", flat=True):
        Product.objects.lock(product_id)
    unpublished.delete()
    Review.objects.filter(author=user).update(rejection_reason="")
