from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Product
from ecommerce_backend.common.models import Event
from reviews.models import Review
from reviews.services.moderation import Decision, decide_review
from reviews.services.writing import ReviewNotFound
from reviews.tests.conftest import signed_in
from reviews.tests.factories import ReviewFactory
from reviews.tests.test_write_review import last_event, rating_of
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/staff/reviews/"


@pytest.fixture
def pending(product: Product) -> Review:
    return ReviewFactory.create(product=product, rating=5, status=Review.Status.PENDING)


def decision_url(review: Review) -> str:
    return f"{URL}{review.pk}/decision/"


def test_a_moderator_publishes_a_review_and_the_rating_follows(
    moderator_client: APIClient, moderator: User, pending: Review, product: Product
) -> None:
    response = moderator_client.put(decision_url(pending), {"decision": "publish"})

    assert response.status_code == 200
    assert response.data["status"] == "published"
    assert rating_of(product) == (Decimal("5.00"), 1)
    assert last_event() == (
        "review.published",
        f"review:{pending.pk}",
        {"product": "mug", "rating": 5, "moderator": moderator.pk},
    )


def test_a_moderator_takes_a_review_down_with_a_reason(
    moderator_client: APIClient, product: Product
) -> None:
    review = ReviewFactory.create(product=product)

    response = moderator_client.put(
        decision_url(review), {"decision": "reject", "reason": "It advertises a shop."}
    )

    assert response.data["status"] == "rejected"
    assert response.data["rejection_reason"] == "It advertises a shop."
    assert rating_of(product) == (None, 0)
    assert last_event()[0] == "review.rejected"


def test_publishing_after_all_forgets_the_reason(
    moderator_client: APIClient, pending: Review
) -> None:
    moderator_client.put(decision_url(pending), {"decision": "reject", "reason": "Rude."})

    response = moderator_client.put(
        decision_url(pending), {"decision": "publish", "reason": "Not rude."}
    )

    assert (response.data["status"], response.data["rejection_reason"]) == ("published", "")


def test_deciding_twice_does_no_harm(moderator_client: APIClient, pending: Review) -> None:
    for _ in range(2):
        moderator_client.put(decision_url(pending), {"decision": "publish"})

    assert Event.objects.filter(type="review.published").count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"decision": "burn"}, {"decision": "reject", "reason": "x" * 201}]
)
def test_what_is_no_decision_is_refused(
    moderator_client: APIClient, pending: Review, body: dict[str, str]
) -> None:
    assert moderator_client.put(decision_url(pending), body).status_code == 400
    pending.refresh_from_db()
    assert pending.status == "pending"


def test_a_review_that_went_meanwhile_cannot_be_decided(pending: Review, moderator: User) -> None:
    Review.objects.all().delete()

    with pytest.raises(ReviewNotFound):
        decide_review(review=pending, decision=Decision.PUBLISH, moderator=moderator)


def test_each_role_does_what_it_may_and_no_more(
    api_client: APIClient,
    author_client: APIClient,
    support_client: APIClient,
    moderator_client: APIClient,
    pending: Review,
) -> None:
    idle_staff = signed_in(UserFactory.create(is_staff=True))
    looks, decides = [], []
    for client in (api_client, author_client, idle_staff, support_client, moderator_client):
        looks.append(client.get(URL).status_code)
        decides.append(client.put(decision_url(pending), {"decision": "publish"}).status_code)

    assert looks == [401, 403, 403, 200, 200]
    assert decides == [401, 403, 403, 403, 200]


def test_the_queue_is_filtered_by_status(support_client: APIClient, pending: Review) -> None:
    published = ReviewFactory.create()

    queue = support_client.get(URL, {"status": "pending"}).data["results"]
    everything = support_client.get(URL).data["results"]

    assert [review["id"] for review in queue] == [pending.pk]
    assert [review["id"] for review in everything] == [published.pk, pending.pk]
    assert support_client.get(URL, {"status": "burnt"}).status_code == 400


@pytest.mark.parametrize("count", [1, 15])
def test_the_queue_takes_as_many_queries_however_long_it_is(
    support_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        ReviewFactory.create()

    with django_assert_num_queries(4):  # session, permissions of user and groups, reviews
        support_client.get(URL)
