from decimal import Decimal

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from catalog.models import Product
from catalog.tests.factories import VariantFactory
from orders.models import Order
from orders.tests.factories import OrderFactory, OrderLineFactory
from reviews.models import Review
from reviews.services.writing import ReviewNotFound, delete_review, edit_review
from reviews.tests.factories import ReviewFactory
from reviews.tests.test_write_review import last_event, rating_of
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(product: Product, author: User) -> Review:
    return ReviewFactory.create(product=product, author=author, rating=2, title="Meh")


def url(review: Review) -> str:
    return f"/api/v1/reviews/{review.pk}/"


def test_an_author_changes_a_part_and_the_rating_follows(
    author_client: APIClient, review: Review, product: Product
) -> None:
    response = author_client.patch(url(review), {"rating": 4})

    assert response.status_code == 200
    assert (response.data["rating"], response.data["title"]) == (4, "Meh")
    assert rating_of(product) == (Decimal("4.00"), 1)
    assert last_event() == (
        "review.edited",
        f"review:{review.pk}",
        {"product": "mug", "rating": 4, "status": "published"},
    )


def test_a_text_can_be_emptied(author_client: APIClient, review: Review) -> None:
    author_client.patch(url(review), {"text": "", "title": ""})

    review.refresh_from_db()
    assert (review.title, review.text, review.rating) == ("", "", 2)


def test_a_purchase_since_then_verifies_the_review(
    author_client: APIClient, review: Review, author: User, product: Product
) -> None:
    order = OrderFactory.create(customer=author, status=Order.Status.CONFIRMED)
    variant = VariantFactory.create(product=product)
    OrderLineFactory.create(order=order, variant=variant, quantity_fulfilled=1)

    assert author_client.patch(url(review), {"rating": 3}).data["verified_purchase"] is True


def test_a_moderated_shop_looks_at_a_changed_review_again(
    author_client: APIClient, review: Review, product: Product, settings: Settings
) -> None:
    settings.REVIEWS_MODERATED = True

    response = author_client.patch(url(review), {"text": "Buy at my shop!"})

    assert response.data["status"] == "pending"
    assert rating_of(product) == (None, 0)


def test_a_rejected_review_is_decided_again_after_a_change(
    author_client: APIClient, review: Review, product: Product
) -> None:
    Review.objects.update(status=Review.Status.REJECTED, rejection_reason="Rude.")

    response = author_client.patch(url(review), {"text": "Politely: no."})

    assert (response.data["status"], response.data["rejection_reason"]) == ("pending", "")
    assert rating_of(product) == (None, 0)


@pytest.mark.parametrize("rating", [0, 6, True, "５", None])
def test_a_changed_rating_is_a_whole_number_from_1_to_5(
    author_client: APIClient, review: Review, rating: object
) -> None:
    assert author_client.patch(url(review), {"rating": rating}).status_code == 400
    review.refresh_from_db()
    assert review.rating == 2


def test_an_author_takes_a_review_back(
    author_client: APIClient, review: Review, product: Product
) -> None:
    ReviewFactory.create(product=product, rating=5)

    response = author_client.delete(url(review))

    assert response.status_code == 204
    assert rating_of(product) == (Decimal("5.00"), 1)
    assert last_event() == (
        "review.deleted",
        f"review:{review.pk}",
        {"product": "mug", "rating": 2},
    )
    assert author_client.delete(url(review)).status_code == 404


def test_a_product_without_reviews_has_no_rating(
    author_client: APIClient, review: Review, product: Product
) -> None:
    author_client.delete(url(review))

    assert rating_of(product) == (None, 0)


def test_somebody_elses_review_is_not_found(
    stranger_client: APIClient, api_client: APIClient, review: Review
) -> None:
    assert stranger_client.patch(url(review), {"rating": 5}).status_code == 404
    assert stranger_client.delete(url(review)).status_code == 404
    assert api_client.delete(url(review)).status_code == 401
    review.refresh_from_db()
    assert review.rating == 2


def test_no_review_has_an_id_as_large_as_that(author_client: APIClient) -> None:
    assert author_client.delete(f"/api/v1/reviews/{2**70}/").status_code == 404


def test_a_review_that_went_meanwhile_cannot_be_changed(review: Review) -> None:
    Review.objects.all().delete()

    with pytest.raises(ReviewNotFound):
        edit_review(review=review, rating=5)
    with pytest.raises(ReviewNotFound):
        delete_review(review=review)
