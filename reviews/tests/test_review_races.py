"""The product's row lock, and the control: without it the rating goes wrong."""

from collections.abc import Callable
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from catalog.models import Product, ProductQuerySet
from catalog.services import ratings
from reviews.models import Review
from reviews.selectors import summaries
from reviews.services.moderation import Decision, decide_review
from reviews.services.writing import AlreadyReviewed, delete_review, edit_review, write_review
from reviews.tests.factories import ReviewFactory
from reviews.tests.test_write_review import rating_of
from users.models import User
from users.tests.factories import UserFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_rating_follows_reviews_written_at_once(product: Product) -> None:
    authors = UserFactory.create_batch(5)

    race(5, lambda n: write_review(product=product, author=authors[n], rating=n + 1))

    assert Review.objects.count() == 5
    assert rating_of(product) == (Decimal("3.00"), 5)


def test_control_without_the_lock_a_rating_is_lost(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    authors = UserFactory.create_batch(2)
    both_have_counted = Barrier(2, timeout=10)
    set_rating = ratings.set_rating

    def set_together(**rating: Any) -> None:
        both_have_counted.wait()
        set_rating(**rating)

    monkeypatch.setattr(ProductQuerySet, "lock", lambda products, pk: products.get(pk=pk))
    monkeypatch.setattr(ratings, "set_rating", set_together)

    race(2, lambda n: write_review(product=product, author=authors[n], rating=n + 4))

    assert Review.objects.count() == 2
    assert rating_of(product)[1] == 1


def test_the_rating_follows_whatever_happens_to_reviews_at_once(
    product: Product, author: User, moderator: User
) -> None:
    edited, deleted, rejected = ReviewFactory.create_batch(3, product=product, rating=1)
    acts: list[Callable[[], object]] = [
        lambda: write_review(product=product, author=author, rating=5),
        lambda: edit_review(review=edited, rating=4),
        lambda: delete_review(review=deleted),
        lambda: decide_review(review=rejected, decision=Decision.REJECT, moderator=moderator),
    ]

    outcomes = race(4, lambda n: acts[n]())

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert rating_of(product) == (Decimal("4.50"), 2)
    assert summaries([product.pk])[product.pk].count == 2


def test_of_one_authors_reviews_at_once_one_is_written(product: Product, author: User) -> None:
    outcomes = race(4, lambda n: write_review(product=product, author=author, rating=n + 1))

    refusals = [outcome for outcome in outcomes if isinstance(outcome, AlreadyReviewed)]
    assert len(refusals) == 3
    assert rating_of(product) == (Decimal(Review.objects.get().rating), 1)
