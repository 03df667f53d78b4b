"""What authors do with their reviews, always under the product's row lock."""

from django.conf import settings

from catalog.models import Product
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work
from orders.selectors import has_received
from reviews.models import Review
from reviews.services.announcements import announce
from reviews.services.ratings import refresh
from users.models import User
from users.services.accounts import lock_account

Status = Review.Status


class AlreadyReviewed(DomainError):
    code = "already_reviewed"
    message = "You have reviewed this product already; change that review instead."
    advice = "Change the review that is there."


class ReviewNotFound(DomainError):
    code = "review_not_found"
    message = "There is no such review any more."
    http_status = 404
    advice = "Read the list of reviews again."


@unit_of_work
def write_review(
    *, product: Product, author: User, rating: int, title: str = "", text: str = ""
) -> Review:
    """Review a product, 1 to 5 stars; it waits for a moderator where the shop has them.

    Raises AlreadyReviewed and AccountClosed.
    """
    lock_account(author)
    locked = Product.objects.lock(product.pk)
    if Review.objects.filter(product=locked, author=author).exists():
        raise AlreadyReviewed
    review = Review.objects.create(
        product=locked,
        author=author,
        rating=rating,
        title=title,
        text=text,
        status=Status.PENDING if settings.REVIEWS_MODERATED else Status.PUBLISHED,
        is_verified_purchase=has_received(customer=author, product=locked),
    )
    refresh([locked])
    announce("published" if review.status == Status.PUBLISHED else "submitted", review)
    return review


@unit_of_work
def edit_review(
    *, review: Review, rating: int | None = None, title: str | None = None, text: str | None = None
) -> Review:
    """Change what is given. A moderator decides again where there are any, or had refused it.

    Raises ReviewNotFound.
    """
    review = _lock(review)
    review.rating = review.rating if rating is None else rating
    review.title = review.title if title is None else title
    review.text = review.text if text is None else text
    review.is_verified_purchase = has_received(customer=review.author, product=review.product)
    if settings.REVIEWS_MODERATED or review.status == Status.REJECTED:
        review.status, review.rejection_reason = Status.PENDING, ""
    review.save()
    refresh([review.product])
    announce("edited", review, status=review.status)
    return review


@unit_of_work
def delete_review(*, review: Review) -> None:
    """Take a review back.

    Raises ReviewNotFound.
    """
    review = _lock(review)
    announce("deleted", review)
    review.delete()
    refresh([review.product])


def _lock(review: Review) -> Review:
    product = Product.objects.lock(review.product_id)
    current = Review.objects.select_related("author").filter(pk=review.pk).first()
    if current is None:
        raise ReviewNotFound
    current.product = product
    return current
