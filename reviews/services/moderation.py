from collections.abc import Collection
from enum import StrEnum

from ecommerce_backend.common.transactions import unit_of_work
from reviews.models import Review
from reviews.services.announcements import announce
from reviews.services.ratings import lock_products, refresh
from reviews.services.writing import ReviewNotFound
from users.models import User


class Decision(StrEnum):
    PUBLISH = "publish"
    REJECT = "reject"


OUTCOMES = {
    Decision.PUBLISH: Review.Status.PUBLISHED,
    Decision.REJECT: Review.Status.REJECTED,
}


def decide_review(
    *, review: Review, decision: Decision, moderator: User, reason: str = ""
) -> Review:
    """Publish a review, or reject it for a reason that its author is told.

    Raises ReviewNotFound.
    """
    decided = decide_reviews(
        review_ids=[review.pk], decision=decision, moderator=moderator, reason=reason
    )
    if not decided:
        raise ReviewNotFound
    return decided[0]


@unit_of_work
def decide_reviews(
    *, review_ids: Collection[int], decision: Decision, moderator: User, reason: str = ""
) -> list[Review]:
    """Decide alike about several reviews; one that has gone meanwhile is passed over."""
    wanted = Review.objects.filter(pk__in=review_ids).order_by("pk")
    products = lock_products(set(wanted.values_list("product_id", flat=True)))
    reviews = list(wanted.select_related("author", "product"))
    outcome = OUTCOMES[decision]
    for review in reviews:
        if review.status != outcome:
            announce(outcome, review, moderator=moderator.pk)
        review.status = outcome
        review.rejection_reason = reason if decision == Decision.REJECT else ""
        review.save(update_fields=["status", "rejection_reason", "updated_at"])
    refresh(products)
    return reviews
