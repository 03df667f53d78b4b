from typing import Any

from ecommerce_backend.common import events
from reviews.models import Review


def announce(what: str, review: Review, **more: Any) -> None:
    """Record what happened to a review; its product must be loaded. It names no author."""
    events.record(
        f"review.{what}",
        subject=f"review:{review.pk}",
        payload={"product": review.product.slug, "rating": review.rating, **more},
    )
