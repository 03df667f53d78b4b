from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from catalog.models import Product
from catalog.tests.factories import VariantFactory
from ecommerce_backend.common.models import Event
from orders.models import Order
from orders.tests.factories import OrderFactory, OrderLineFactory
from reviews.models import Review
from reviews.tests.factories import ReviewFactory
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/products/mug/reviews/"


def rating_of(product: Product) -> tuple[Decimal | None, int]:
    product.refresh_from_db()
    return product.rating_average, product.rating_count


def last_event() -> tuple[str, str, dict[str, Any]]:
    event = Event.objects.latest("pk")
    return event.type, event.subject, event.payload


def test_a_customer_reviews_a_product_and_its_rating_follows(
    author_client: APIClient, author: User, product: Product
) -> None:
    response = author_client.post(URL, {"rating": 5, "title": "Warm", "text": "And heavy."})

    assert response.status_code == 201
    review = Review.objects.get()
    assert (review.product, review.author, review.status) == (product, author, "published")
    created_at = review.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert response.data == {
        "id": review.pk,
        "author": "Ada C.",
        "rating": 5,
        "title": "Warm",
        "text": "And heavy.",
        "verified_purchase": False,
        "created_at": created_at,
        "product": {"slug": "mug", "name": "Mug"},
        "status": "published",
        "rejection_reason": "",
        "updated_at": created_at,
    }
    assert rating_of(product) == (Decimal("5.00"), 1)
    assert last_event() == (
        "review.published",
        f"review:{review.pk}",
        {"product": "mug", "rating": 5},
    )


def test_stars_alone_are_a_review(author_client: APIClient, product: Product) -> None:
    assert author_client.post(URL, {"rating": 3}).status_code == 201
    assert (Review.objects.get().title, Review.objects.get().text) == ("", "")


def test_averages_are_rounded_half_up_to_two_decimals(
    author_client: APIClient, product: Product
) -> None:
    for rating in (5, 5, 5, 5, 5, 5, 5):
        ReviewFactory.create(product=product, rating=rating)

    author_client.post(URL, {"rating": 4})

    assert rating_of(product) == (Decimal("4.88"), 8)  # 4.875


def test_a_second_review_of_a_product_is_refused(
    author_client: APIClient, author: User, product: Product
) -> None:
    first = ReviewFactory.create(product=product, author=author, rating=5)

    response = author_client.post(URL, {"rating": 1})

    assert response.status_code == 409
    assert response.data["code"] == "already_reviewed"
    assert list(Review.objects.all()) == [first]
    assert rating_of(product) == (Decimal("5.00"), 1)


def test_a_moderated_shop_publishes_nothing_unseen(
    author_client: APIClient, product: Product, settings: Settings
) -> None:
    settings.REVIEWS_MODERATED = True

    response = author_client.post(URL, {"rating": 5})

    assert response.data["status"] == "pending"
    assert rating_of(product) == (None, 0)
    assert last_event()[0] == "review.submitted"


@pytest.mark.parametrize(
    ("who", "shipped", "is_verified"),
    [("author", 1, True), ("author", 0, False), ("somebody else", 1, False)],
)
def test_a_purchase_is_verified_by_what_was_shipped_to_the_author(
    author_client: APIClient,
    author: User,
    product: Product,
    who: str,
    shipped: int,
    is_verified: bool,  # noqa: FBT001
) -> None:
    buyer = author if who == "author" else UserFactory.create()
    order = OrderFactory.create(customer=buyer, status=Order.Status.CONFIRMED)
    OrderLineFactory.create(
        order=order, variant=VariantFactory.create(product=product), quantity_fulfilled=shipped
    )
    OrderLineFactory.create(order=order, quantity_fulfilled=1)

    claimed = author_client.post(URL, {"rating": 5, "verified_purchase": True})
    written = author_client.post(URL, {"rating": 5})

    assert claimed.data["errors"][0]["pointer"] == "/verified_purchase"
    assert written.data["verified_purchase"] is is_verified


@pytest.mark.parametrize(
    "rating", [0, 6, -1, 2**63, True, "5", "５", "NaN", 4.5, None, [5], {"value": 5}, ""]
)
def test_a_rating_is_a_whole_number_from_1_to_5(
    author_client: APIClient, product: Product, rating: Any
) -> None:
    response = author_client.post(URL, {"rating": rating})

    assert response.status_code == 400
    assert response.data["errors"][0]["pointer"] == "/rating"
    assert not Review.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", '{"rating": NaN}', '{"rating": 5', "5"])
def test_what_is_not_a_review_is_refused(
    author_client: APIClient, product: Product, body: str
) -> None:
    response = author_client.post(URL, body, content_type="application/json")

    assert response.status_code == 400
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"), [("title", "x" * 151), ("text", "x" * 5001), ("text", "a\0b")]
)
def test_texts_are_limited(
    author_client: APIClient, product: Product, field: str, value: str
) -> None:
    response = author_client.post(URL, {"rating": 5, field: value})

    assert response.status_code == 400
    assert response.data["errors"][0]["pointer"] == f"/{field}"


def test_only_customers_write_reviews(api_client: APIClient, product: Product) -> None:
    assert api_client.post(URL, {"rating": 5}).status_code == 401
    assert not Review.objects.exists()


@pytest.mark.parametrize("status", [Product.Status.DRAFT, Product.Status.ARCHIVED, None])
def test_what_is_not_on_show_cannot_be_reviewed(
    author_client: APIClient, product: Product, status: str | None
) -> None:
    product.status = status or product.status
    product.slug = product.slug if status else "renamed"
    product.save()

    assert author_client.post(URL, {"rating": 5}).status_code == 404
    assert not Review.objects.exists()
