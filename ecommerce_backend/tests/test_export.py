"""Everything held on me as JSON: at once when it is little, by a job when it is much."""

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import connection
from django.db.models import ForeignKey
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from ecommerce_backend.tests.lives import EMAIL, WORDS, live_a_life
from users.models import DataExport, RefreshToken, User
from users.services import exports, sessions
from users.tests.factories import AddressFactory, UserFactory
from users.tests.jobs import do_jobs
from users.tests.races import race

URL = "/api/v1/users/me/export/"
QUERIES = 39  # who asks, a copy made before, eighteen kinds counted and read, the security log


@pytest.fixture(autouse=True)
def _empty_queue(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def customer(db: None) -> User:
    return UserFactory.create(email=EMAIL, first_name="Wilhelmina", last_name="Quux")


@pytest.fixture
def client_of_hers(customer: User) -> APIClient:
    return signed_in(customer)


def signed_in(user: User) -> APIClient:
    pair = sessions.open_session(user=user, address="203.0.113.7", user_agent="Firefox")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client


def test_little_is_answered_at_once(customer: User, client_of_hers: APIClient) -> None:
    live_a_life(customer, client_of_hers)

    answer = client_of_hers.get(URL)

    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in answer["Cache-Control"]
    text = answer.content.decode()
    assert [word for word in WORDS if word.lower() not in text.lower()] == []
    held = answer.json()
    assert {name: len(rows) for name, rows in held.items() if name != "exported_at"} == {
        "account": 1,
        "addresses": 1,
        "customer_groups": 1,
        "sessions": 1,
        "second_factor": 0,
        "security_log": 1,
        "events": 0,
        "mails": 2,
        "stored_answers": 1,
        "back_in_stock_requests": 1,
        "cart": 1,
        "orders": 2,
        "order_lines": 2,
        "order_history": 11,
        "payments": 1,
        "refunds": 1,
        "shipments": 1,
        "reviews": 2,
    }
    assert held["cart"][0]["quantity"] == 1
    assert AuditRecord.objects.get(action=Action.DATA_EXPORTED).subject == f"user:{customer.pk}"


def test_it_holds_nothing_that_signs_in(customer: User, client_of_hers: APIClient) -> None:
    text = client_of_hers.get(URL).content.decode()

    assert customer.password not in text
    assert RefreshToken.objects.get().jti_hash not in text


def test_it_holds_nothing_of_others(customer: User, client_of_hers: APIClient) -> None:
    live_a_life(customer, client_of_hers)
    stranger = signed_in(UserFactory.create())

    text = stranger.get(URL).content.decode().lower()

    assert [word for word in WORDS if word.lower() in text] == []


@pytest.mark.parametrize("addresses", [1, 20])
def test_its_queries_do_not_grow(
    customer: User,
    client_of_hers: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
    addresses: int,
) -> None:
    AddressFactory.create_batch(addresses, user=customer)

    with django_assert_num_queries(QUERIES):
        client_of_hers.get(URL)


def test_much_is_gathered_by_a_job_and_fetched_for_seven_days(
    customer: User, client_of_hers: APIClient, settings: Settings
) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 3
    AddressFactory.create(user=customer, line1="71 Nowhere Crescent")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        asked = [client_of_hers.get(URL) for _ in range(2)]
        assert [answer.status_code for answer in asked] == [202, 202]
        assert asked[0]["Retry-After"] == "60"

        assert do_jobs() == ["users.make_export", "users.tell"]
        assert [one.to for one in mail.outbox] == [[EMAIL]]
        assert mail.outbox[0].subject.endswith("is ready")
        fetched = client_of_hers.get(URL)
        assert fetched.status_code == 200
        assert fetched.json()["addresses"][0]["line1"] == "71 Nowhere Crescent"
        stranger = signed_in(UserFactory.create())
        assert b"Nowhere" not in stranger.get(URL).content

        clock.shift(exports.KEPT - timedelta(seconds=1))
        assert exports.purge() == 0
        clock.shift(timedelta(seconds=2))
        assert exports.purge() == 1
    assert not DataExport.objects.exists()


def test_a_job_that_failed_for_good_can_be_asked_for_again_after_a_day(customer: User) -> None:
    DataExport.objects.create(user=customer)
    assert exports.purge() == 0

    DataExport.objects.update(requested_at=timezone.now() - exports.GIVEN_UP_AFTER)

    assert exports.purge() == 1


def test_nobody_gathers_for_who_is_erased(customer: User) -> None:
    DataExport.objects.create(user=customer)
    User.objects.update(is_active=False)

    exports.make(user_id=customer.pk)

    assert DataExport.objects.get().content is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("erasure")
def test_asking_eight_times_at_once_makes_one_job(settings: Settings) -> None:
    settings.EXPORT_AT_ONCE_ROWS = 0
    customer = UserFactory.create()

    assert race(8, lambda _: exports.export(user=customer)) == [None] * 8

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        assert cursor.fetchone() == (1,)
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_every_table_that_names_a_person_was_thought_of() -> None:
    """A new one goes to `holdings` and `erasure` of its app, to the life of `lives`, then here."""
    naming = {
        f"{field.model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()  # noqa: SLF001
        if isinstance(field, ForeignKey) and field.related_model is User
    }

    assert naming == {
        "Address.user",
        "DataExport.user",
        "LoginSession.user",
        "SecondFactor.user",
        "StaffSession.user",
        "BackInStockRequest.customer",
        "Cart.customer",
        "Order.customer",
        "Review.author",
        "LogEntry.user",  # what somebody did, by number alone, as the next three
        "OrderEvent.actor",
        "StockMovement.actor",
        "CatalogImport.actor",
    }
