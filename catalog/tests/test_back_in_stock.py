"""Who waits for a SKU hears of it once, first come first told."""

from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from catalog.models import BackInStockRequest, ProductVariant, Stock
from catalog.models.stock import StockQuerySet
from catalog.services import back_in_stock, stock
from catalog.tests.conftest import client_of
from catalog.tests.factories import VariantFactory
from ecommerce_backend.common.models import Event
from users.models import User
from users.tests.factories import PASSWORD, UserFactory
from users.tests.jobs import do_jobs
from users.tests.races import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]
URL = "/api/v1/back-in-stock/"


@pytest.fixture
def empty_queue(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def gone() -> ProductVariant:
    return VariantFactory.create(sku="ARC", on_hand=0, product__name="Arc lamp")


def in_line(variant: ProductVariant, count: int) -> list[User]:
    customers = [UserFactory.create() for _ in range(count)]
    for customer in customers:
        back_in_stock.ask(customer=customer, sku=variant.sku)
    return customers


def receive(variant: ProductVariant, units: int) -> None:
    stock.receive({variant.pk: units}, reference="delivery")


def told() -> list[str]:
    """Return to whom mails went, in their order."""
    return [address for message in mail.outbox for address in message.to]


def test_a_customer_waits_looks_and_gives_up(gone: ProductVariant) -> None:
    client = client_of(UserFactory.create())

    asked = client.post(URL, {"sku": "ARC"})
    again = client.post(URL, {"sku": "ARC"})

    assert (asked.status_code, asked.json()["product"]["name"]) == (201, "Arc lamp")
    assert again.json() == asked.json()
    assert client.get(URL).json()["results"] == [asked.json()]
    assert client_of(UserFactory.create()).get(URL).json()["results"] == []
    assert client_of(UserFactory.create()).delete(f"{URL}ARC/").status_code == 404
    assert client.delete(f"{URL}ARC/").status_code == 204
    assert client.get(URL).json()["results"] == []


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_costs_the_same_however_long(
    django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    customer = UserFactory.create()
    for _ in range(rows):
        back_in_stock.ask(customer=customer, sku=VariantFactory.create(on_hand=0).sku)
    client = client_of(customer)

    with django_assert_num_queries(3):  # session, count, page
        assert len(client.get(URL).json()["results"]) == rows


def test_what_can_be_had_is_not_waited_for(gone: ProductVariant, api_client: APIClient) -> None:
    here = VariantFactory.create(on_hand=1)
    client = client_of(UserFactory.create())

    for sku, status, code in ((here.sku, 409, "available_now"), ("NO", 404, "variant_not_found")):
        answer = client.post(URL, {"sku": sku})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert api_client.post(URL, {"sku": "ARC"}).status_code == 401
    assert not BackInStockRequest.objects.exists()


def test_one_customer_waits_for_so_many_things(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_in_stock, "MOST_REQUESTS", 2)
    customer = UserFactory.create()
    for _ in range(2):
        back_in_stock.ask(customer=customer, sku=VariantFactory.create(on_hand=0).sku)

    answer = client_of(customer).post(URL, {"sku": VariantFactory.create(on_hand=0).sku})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_back_in_stock_requests")
    assert answer.json()["limit"] == 2


def test_the_first_in_line_are_told_once(gone: ProductVariant) -> None:
    customers = in_line(gone, 5)

    receive(gone, 1)
    assert do_jobs() == ["catalog.tell_back_in_stock", *["catalog.send_back_in_stock"] * 3]
    stock.allocate({gone.pk: 1}, reference="8K2M")
    receive(gone, 1)  # within the hour: three for one unit were told already
    do_jobs()

    assert told() == [customer.email for customer in customers[:3]]
    assert mail.outbox[0].subject == "Back at Nexus: Arc lamp (" + gone.label() + ")"
    assert "Arc lamp" in mail.outbox[0].body


def test_the_next_in_line_are_told_an_hour_later(gone: ProductVariant) -> None:
    customers = in_line(gone, 5)
    receive(gone, 1)
    do_jobs()
    assert back_in_stock.tell_next_in_line() == 0

    BackInStockRequest.objects.exclude(told_at=None).update(
        told_at=timezone.now() - timedelta(hours=2)
    )
    assert back_in_stock.tell_next_in_line() == 2
    do_jobs()

    assert told() == [customer.email for customer in customers]


def test_nobody_is_told_when_it_is_gone_again(gone: ProductVariant) -> None:
    in_line(gone, 1)
    receive(gone, 1)
    back_in_stock.tell(variant_id=gone.pk)
    stock.allocate({gone.pk: 1}, reference="8K2M")
    do_jobs()
    assert told() == []

    stock.release({gone.pk: 1}, reference="8K2M")
    do_jobs()

    assert len(told()) == 1


def test_who_gave_up_or_closed_the_account_is_not_told(gone: ProductVariant) -> None:
    first, second, third = in_line(gone, 3)
    receive(gone, 1)
    back_in_stock.tell(variant_id=gone.pk)
    BackInStockRequest.objects.filter(customer=first).delete()
    User.objects.filter(pk=second.pk).update(is_active=False)

    do_jobs()

    assert told() == [third.email]


def test_an_erased_customer_waits_for_nothing(gone: ProductVariant) -> None:
    (customer,) = in_line(gone, 1)

    erased = client_of(customer).delete("/api/v1/users/me/", {"current_password": PASSWORD})

    assert erased.status_code == 204
    assert not BackInStockRequest.objects.exists()


def test_nobody_waits_and_no_job_is_made(gone: ProductVariant) -> None:
    receive(gone, 1)

    assert do_jobs() == []


def test_the_mail_leads_to_the_storefront(gone: ProductVariant, settings: Settings) -> None:
    settings.STOREFRONT_URL = "https://www.shop.example"
    in_line(gone, 1)
    receive(gone, 1)
    do_jobs()

    assert f"https://www.shop.example/products/{gone.product.slug}/" in mail.outbox[0].body


def events(kind: str) -> list[Any]:
    return list(Event.objects.filter(type=kind).order_by("pk").values_list("payload", flat=True))


def test_little_left_is_told_once_for_each_time_it_comes_to_that(settings: Settings) -> None:
    settings.LOW_STOCK_THRESHOLD = 3
    variant = VariantFactory.create(sku="ARC", on_hand=5)

    stock.allocate({variant.pk: 1}, reference="A")
    assert events("stock.low") == []
    for reference in ("B", "C"):
        stock.allocate({variant.pk: 1}, reference=reference)
    assert events("stock.low") == [{"stock": {"ARC": 3}}]
    receive(variant, 2)
    stock.allocate({variant.pk: 3}, reference="D")

    assert events("stock.low") == [{"stock": {"ARC": 3}}, {"stock": {"ARC": 1}}]


def test_a_sku_has_a_threshold_of_its_own() -> None:
    variant = VariantFactory.create(sku="ARC", on_hand=50)
    Stock.objects.update(low_stock_threshold=40)

    stock.allocate({variant.pk: 10}, reference="A")

    assert events("stock.low") == [{"stock": {"ARC": 40}}]


def test_what_comes_back_is_told_with_the_change(gone: ProductVariant) -> None:
    receive(gone, 4)
    stock.allocate({gone.pk: 4}, reference="A")
    stock.set_terms(
        variant=gone,
        policy=Stock.Policy.BACKORDER,
        backorder_limit=2,
        expected_on=date(2027, 3, 1),
        low_stock_threshold=None,
        actor=UserFactory.create(),
    )

    assert events("stock.back_in_stock") == [{"stock": {"ARC": 4}}, {"stock": {"ARC": 2}}]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_tell_at_once_each_customer_is_told_once(gone: ProductVariant) -> None:
    in_line(gone, 8)
    receive(gone, 2)

    outcomes = race(6, lambda _: back_in_stock.tell(variant_id=gone.pk))

    assert sorted(outcomes) == [0, 0, 0, 0, 0, 6]
    do_jobs()
    assert len(told()) == len(set(told())) == 6


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_race_tells_too_many(
    gone: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_line(gone, 8)
    receive(gone, 2)
    all_have_counted = Barrier(2, timeout=5)

    class Unlocked:
        def __init__(self, stock: Stock) -> None:
            self._stock = stock

        @property
        def available(self) -> int:
            all_have_counted.wait()
            return self._stock.available

    monkeypatch.setattr(
        StockQuerySet, "lock", lambda stocks, ids: [Unlocked(stocks.get(pk=pk)) for pk in ids]
    )
    outcomes = race(2, lambda _: back_in_stock.tell(variant_id=gone.pk))

    assert sum(outcomes) == 8
