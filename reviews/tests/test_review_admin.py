from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Product
from reviews.models import Review
from reviews.tests.conftest import staff_with
from reviews.tests.factories import ReviewFactory
from reviews.tests.test_write_review import last_event, rating_of
from users.models import User

pytestmark = pytest.mark.django_db
URL = "/admin/reviews/review/"


@pytest.fixture
def moderator_browser(client: Client, moderator: User) -> Client:
    client.force_login(moderator)
    return client


def decide(client: Client, action: str, *reviews: Review) -> int:
    form = {"action": action, "_selected_action": [review.pk for review in reviews]}
    return client.post(URL, form).status_code


def test_moderators_publish_and_reject_what_they_select(
    moderator_browser: Client, moderator: User, product: Product
) -> None:
    first, second = ReviewFactory.create_batch(2, product=product, status=Review.Status.PENDING)
    elsewhere = ReviewFactory.create(status=Review.Status.PENDING, rating=2)

    assert decide(moderator_browser, "publish", first, second, elsewhere) == 302

    assert rating_of(product) == (Decimal("4.00"), 2)
    assert rating_of(elsewhere.product) == (Decimal("2.00"), 1)

    assert decide(moderator_browser, "reject", second) == 302

    assert rating_of(product) == (Decimal("4.00"), 1)
    assert last_event()[2]["moderator"] == moderator.pk


def test_support_looks_and_does_not_decide(client: Client) -> None:
    client.force_login(staff_with("view_review"))
    review = ReviewFactory.create()

    assert review.title in client.get(URL).content.decode()
    decide(client, "reject", review)

    review.refresh_from_db()
    assert review.status == "published"


def test_nobody_rewrites_a_review_in_the_admin(moderator_browser: Client) -> None:
    review = ReviewFactory.create(text="My own words.")
    page = moderator_browser.get(f"{URL}{review.pk}/change/")

    assert "My own words." in page.content.decode()
    assert "<textarea" not in page.content.decode()
    assert moderator_browser.post(f"{URL}{review.pk}/change/", {"text": "!"}).status_code == 403
    assert moderator_browser.post(f"{URL}{review.pk}/delete/").status_code == 403
    assert moderator_browser.get(f"{URL}add/").status_code == 403


@pytest.mark.parametrize("count", [1, 10])
def test_the_list_takes_as_many_queries_however_long_it_is(
    moderator_browser: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        ReviewFactory.create()

    with django_assert_num_queries(
        9
    ):  # session, user, role, 2 permissions, 2 counts, reviews, ratings
        moderator_browser.get(URL)
