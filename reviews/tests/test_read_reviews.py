from base64 import b64encode
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Product
from reviews.models import Review
from reviews.tests.factories import ReviewFactory
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/products/mug/reviews/"
MINE = "/api/v1/users/me/reviews/"


def ids(client: APIClient, url: str = URL) -> list[int]:
    response = client.get(url)
    assert response.status_code == 200
    return [review["id"] for review in response.data["results"]]


def all_pages(client: APIClient, url: str) -> list[int]:
    found: list[int] = []
    following: str | None = url
    while following:
        assert len(found) < 2000, "pages go round in circles"
        page = client.get(following).data
        found += [review["id"] for review in page["results"]]
        following = page["next"]
    return found


def test_shoppers_read_published_reviews_newest_first(
    api_client: APIClient, product: Product, author: User
) -> None:
    older = ReviewFactory.create(product=product, author=author)
    newer = ReviewFactory.create(product=product)
    ReviewFactory.create(product=product, status=Review.Status.PENDING)
    ReviewFactory.create(product=product, status=Review.Status.REJECTED)
    ReviewFactory.create()

    response = api_client.get(URL)

    assert [review["id"] for review in response.data["results"]] == [newer.pk, older.pk]
    assert response.data["results"][1] == {
        "id": older.pk,
        "author": "Ada C.",
        "rating": 4,
        "title": older.title,
        "text": "It does what it says.",
        "verified_purchase": False,
        "created_at": older.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


@pytest.mark.parametrize(
    ("first_name", "last_name", "shown"),
    [("Ada", "", "Ada"), ("", "Customer", "Anonymous"), ("", "", "Anonymous")],
)
def test_an_author_is_shown_by_no_more_than_first_name_and_initial(
    api_client: APIClient, product: Product, first_name: str, last_name: str, shown: str
) -> None:
    author = UserFactory.create(first_name=first_name, last_name=last_name)
    ReviewFactory.create(product=product, author=author)

    assert api_client.get(URL).data["results"][0]["author"] == shown


def test_reviews_are_filtered_by_rating_and_purchase(
    api_client: APIClient, product: Product
) -> None:
    five = ReviewFactory.create(product=product, rating=5)
    one = ReviewFactory.create(product=product, rating=1, is_verified_purchase=True)

    assert ids(api_client, f"{URL}?rating=5") == [five.pk]
    assert ids(api_client, f"{URL}?verified=true") == [one.pk]
    assert ids(api_client, f"{URL}?verified=false") == [five.pk]
    assert ids(api_client, f"{URL}?rating=5&verified=true") == []


@pytest.mark.parametrize(
    "query",
    [
        *("rating=0", "rating=6", "rating=x", "rating=５", "verified=maybe", "verified=1"),
        *("ordering=text", "ordering=", "page_size=0", "page_size=101", "cursor=nonsense"),
    ],
)
def test_an_unknown_parameter_value_is_refused(
    api_client: APIClient, product: Product, query: str
) -> None:
    response = api_client.get(f"{URL}?{query}")

    assert response.status_code == 400
    assert response.data["errors"][0]["pointer"] == query.partition("=")[0]


@pytest.mark.parametrize("position", ["nonsense", "1" + "0" * 30, "\0", "2026-13-45"])
@pytest.mark.parametrize("ordering", ["-created_at", "rating"])
def test_a_made_up_cursor_is_no_error_of_ours(
    api_client: APIClient, product: Product, position: str, ordering: str
) -> None:
    cursor = b64encode(f"p={quote(position)}".encode()).decode()

    response = api_client.get(URL, {"cursor": cursor, "ordering": ordering})

    assert response.status_code in {200, 400}


@pytest.mark.parametrize("ordering", ["-created_at", "rating", "-rating"])
def test_pages_in_any_order_show_each_review_once(
    api_client: APIClient, product: Product, ordering: str
) -> None:
    reviews = [ReviewFactory.create(product=product, rating=n % 3 + 1) for n in range(8)]
    newest_first = sorted(reviews, key=lambda review: -review.pk)
    expected = {
        "-created_at": newest_first,
        "rating": sorted(newest_first, key=lambda review: review.rating),
        "-rating": sorted(newest_first, key=lambda review: -review.rating),
    }[ordering]

    shown = all_pages(api_client, f"{URL}?ordering={ordering}&page_size=3")

    assert shown == [review.pk for review in expected]


def test_more_reviews_of_one_rating_than_a_cursor_can_count_are_all_shown(
    api_client: APIClient, product: Product
) -> None:
    authors = User.objects.bulk_create(
        User(email=f"{number}@shop.example", password="!") for number in range(1150)
    )
    Review.objects.bulk_create(
        Review(
            product=product, author=author, rating=5, status="published", created_at=timezone.now()
        )
        for author in authors
    )

    shown = all_pages(api_client, f"{URL}?ordering=-rating&page_size=100")

    assert len(shown) == len(set(shown)) == 1150


def test_a_product_that_is_not_on_show_has_no_reviews(
    api_client: APIClient, product: Product
) -> None:
    ReviewFactory.create(product=product)
    product.status = Product.Status.ARCHIVED
    product.save()

    assert api_client.get(URL).status_code == 404
    assert api_client.get(f"{URL}summary/").status_code == 404


def test_the_summary_counts_published_reviews(api_client: APIClient, product: Product) -> None:
    for rating in (5, 5, 3):
        ReviewFactory.create(product=product, rating=rating)
    ReviewFactory.create(product=product, rating=1, status=Review.Status.PENDING)

    response = api_client.get(f"{URL}summary/")

    assert response.data == {
        "average": "4.33",
        "count": 3,
        "distribution": {"1": 0, "2": 0, "3": 1, "4": 0, "5": 2},
    }
    product.refresh_from_db()
    assert (product.rating_average, product.rating_count) == (Decimal("4.33"), 3)


def test_a_product_nobody_rated_has_no_average(api_client: APIClient, product: Product) -> None:
    assert api_client.get(f"{URL}summary/").data == {
        "average": None,
        "count": 0,
        "distribution": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0},
    }


def test_authors_see_their_own_reviews_in_every_state(
    author_client: APIClient, author: User, api_client: APIClient
) -> None:
    published = ReviewFactory.create(author=author)
    rejected = ReviewFactory.create(
        author=author, status=Review.Status.REJECTED, rejection_reason="Rude."
    )
    ReviewFactory.create()

    response = author_client.get(MINE)

    assert [review["id"] for review in response.data["results"]] == [rejected.pk, published.pk]
    assert response.data["results"][0]["rejection_reason"] == "Rude."
    assert response.data["results"][1]["product"]["slug"] == published.product.slug
    assert api_client.get(MINE).status_code == 401


@pytest.mark.parametrize("count", [1, 15])
def test_lists_take_as_many_queries_however_long_they_are(
    api_client: APIClient,
    author_client: APIClient,
    author: User,
    product: Product,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        ReviewFactory.create(product=product)
        ReviewFactory.create(author=author)

    with django_assert_num_queries(2):  # product, reviews
        api_client.get(URL)
    with django_assert_num_queries(2):  # product, counts
        api_client.get(f"{URL}summary/")
    with django_assert_num_queries(2):  # session, reviews
        author_client.get(MINE)
