"""T21: nothing in the database says who an erased customer was, and the books still add up."""

from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from catalog.tests.factories import ProductFactory
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord, Event, IdempotencyRecord
from ecommerce_backend.tests.everything_written import places_of
from ecommerce_backend.tests.lives import EMAIL, WORDS, live_a_life
from orders.models import Order, OrderEvent, Refund
from orders.services.notes import write_note
from orders.tests.factories import (
    placed_order,
)
from reviews.models import Review
from reviews.tests.factories import ReviewFactory
from users.models import LoginSession, User
from users.services import sessions
from users.services.erasure import erase_account
from users.signals import customer_erased
from users.tests.factories import PASSWORD, UserFactory
from users.tests.jobs import do_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


@pytest.fixture
def empty_queue() -> None:
    """No job of an earlier test."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def customer() -> User:
    return UserFactory.create(email=EMAIL, first_name="Wilhelmina", last_name="Quux")


@pytest.fixture
def client_of_hers(customer: User) -> APIClient:
    pair = sessions.open_session(user=customer, address="203.0.113.7", user_agent="Firefox")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    client.refresh_token = pair.refresh  # type: ignore[attr-defined]
    return client


def erase(client: APIClient, password: str = PASSWORD) -> Any:
    return client.delete("/api/v1/users/me/", {"current_password": password})


def test_an_erased_customer_is_nowhere_and_the_books_stand(
    customer: User, client_of_hers: APIClient
) -> None:
    live_a_life(customer, client_of_hers)
    assert places_of(WORDS) >= {
        "users_user",
        "users_address",
        "orders_order",
        "orders_orderevent",
        "orders_payment",
        "orders_refund",
        "orders_sandboxsession",
        "reviews_review",
        "django_admin_log",
        "procrastinate_jobs",
        "common_idempotencyrecord",
    }
    before = list(Order.objects.order_by("pk").values_list("number", "total", "tax_total"))

    answer = erase(client_of_hers)
    do_jobs()

    assert answer.status_code == 204
    assert places_of(WORDS) == set()
    assert not customer.customer_groups.exists()
    assert list(Order.objects.order_by("pk").values_list("number", "total", "tax_total")) == before
    assert Order.objects.filter(shipping_address__country="GB").count() == len(before)
    report = StringIO()
    call_command("check_invariants", stdout=report)
    assert Review.objects.filter(author=customer).count() == 1
    assert mail.outbox[-1].to == [EMAIL]
    assert "is erased" in mail.outbox[-1].subject


def test_an_app_that_does_not_follow_is_found(
    customer: User, client_of_hers: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with orders deaf to the signal, the search says where she still is."""
    live_a_life(customer, client_of_hers)
    monkeypatch.setattr(customer_erased, "receivers", customer_erased.receivers[:1])
    customer_erased.sender_receivers_cache.clear()

    erase(client_of_hers)
    customer_erased.sender_receivers_cache.clear()

    assert places_of(WORDS) > {"orders_order", "orders_orderevent", "reviews_review"}


def test_tokens_of_an_erased_customer_are_dead(customer: User, client_of_hers: APIClient) -> None:
    assert erase(client_of_hers).status_code == 204

    refresh = client_of_hers.refresh_token  # type: ignore[attr-defined]
    answers = [
        client_of_hers.get("/api/v1/users/me/"),
        APIClient().post("/api/v1/auth/refresh/", {"refresh": refresh}),
        APIClient().post("/api/v1/auth/login/", {"email": EMAIL, "password": PASSWORD}),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert not LoginSession.objects.filter(user=customer).exists()


def test_an_erased_address_registers_anew_with_nothing_of_the_old(
    customer: User, client_of_hers: APIClient
) -> None:
    ReviewFactory.create(author=customer)
    erase(client_of_hers)

    answer = APIClient().post("/api/v1/auth/register/", {"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 201
    anew = User.objects.with_email(EMAIL).get()
    assert anew.pk != customer.pk
    assert not anew.orders.exists()
    assert not anew.reviews.exists()
    assert not anew.addresses.exists()


def test_orders_on_their_way_keep_the_account(customer: User, client_of_hers: APIClient) -> None:
    order = placed_order(customer=customer)

    answer = erase(client_of_hers)

    assert answer.status_code == 409
    assert answer.json()["code"] == "account_in_use"
    assert answer.json()["orders"] == [order.number]
    assert User.objects.with_email(EMAIL).filter(is_active=True).exists()
    assert not AuditRecord.objects.filter(action=Action.ACCOUNT_ERASED).exists()


def test_a_wrong_password_erases_nothing(customer: User, client_of_hers: APIClient) -> None:
    answer = erase(client_of_hers, "a wrong one")

    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")
    assert User.objects.with_email(EMAIL).exists()


def test_the_last_superuser_cannot_be_erased() -> None:
    boss = UserFactory.create(is_staff=True, is_superuser=True)
    UserFactory.create(is_staff=True, is_superuser=True, is_active=False)
    pair = sessions.open_session(user=boss, address=None, user_agent="")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")

    assert erase(client).json()["code"] == "last_superuser"
    UserFactory.create(is_staff=True, is_superuser=True)
    assert erase(client).status_code == 204


def test_an_erasure_is_in_the_security_log_without_a_name(customer: User) -> None:
    erase_account(user=customer, because="asked for by its owner")

    record = AuditRecord.objects.get(action=Action.ACCOUNT_ERASED)
    assert record.subject == f"user:{customer.pk}"
    assert record.details == {"because": "asked for by its owner"}
    assert Event.objects.filter(type="customer.erased", subject=f"user:{customer.pk}").exists()


def test_a_published_review_is_anonymous_afterwards(customer: User) -> None:
    product = ProductFactory.create(slug="lamp")
    ReviewFactory.create(author=customer, product=product, text="Bright.")

    erase_account(user=customer, because="asked for by its owner")

    (shown,) = APIClient().get("/api/v1/products/lamp/reviews/").json()["results"]
    assert (shown["author"], shown["text"]) == ("Anonymous", "Bright.")


def test_the_history_of_an_order_still_refuses_any_other_change(customer: User) -> None:
    order = placed_order(customer=customer)
    note = write_note(order=order, actor=None, text="x")  # type: ignore[arg-type]
    for change in ({"kind": "paid"}, {"details": {"text": "y"}}, {"details": {"a": 1}}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            OrderEvent.objects.filter(pk=note.pk).update(**change)
    assert not IdempotencyRecord.objects.exists()
    assert not Refund.objects.exists()
