"""What the EU wants to be shown beside a reduction; kept by the database, whoever writes prices."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from rest_framework.test import APIClient

from catalog.invariants import INVARIANTS
from catalog.models import PastPrice, Price, ProductVariant
from catalog.services.prices import set_price
from catalog.tests.factories import VariantFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mug() -> ProductVariant:
    return VariantFactory.create(sku="MUG", product__slug="mug", price="30")


def set_to(variant: ProductVariant, amount: str, compare_at: str | None = None) -> None:
    former = Decimal(compare_at) if compare_at else None
    set_price(variant=variant, currency="USD", amount=Decimal(amount), compare_at=former)


def days_pass(days: int) -> None:
    """Let all that is in the history have been so many days before."""
    gone = timedelta(days=days)
    PastPrice.objects.update(since=F("since") - gone, until=F("until") - gone)


def shown(client: APIClient) -> Any:
    (variant,) = client.get("/api/v1/products/mug/").json()["variants"]
    return variant["lowest_price_30d"]


def breaches() -> list[str]:
    (kept,) = [one for one in INVARIANTS if one.name == "past_price_is_the_price"]
    return kept.breaches()


def test_the_lowest_of_the_thirty_days_before_stands_beside_a_reduction(
    api_client: APIClient, mug: ProductVariant
) -> None:
    days_pass(20)
    set_to(mug, "24")
    days_pass(3)
    set_to(mug, "30")
    days_pass(7)

    set_to(mug, "20", compare_at="30")

    assert shown(api_client) == "24.00"
    assert not breaches()


def test_what_ended_more_than_thirty_days_before_does_not_count(
    api_client: APIClient, mug: ProductVariant
) -> None:
    set_to(mug, "5")
    days_pass(1)
    set_to(mug, "30")
    days_pass(31)

    set_to(mug, "20", compare_at="30")

    assert shown(api_client) == "30.00"


def test_a_price_that_is_not_reduced_has_nothing_beside_it(
    api_client: APIClient, mug: ProductVariant
) -> None:
    days_pass(2)
    set_to(mug, "20")

    assert shown(api_client) is None


def test_a_reduction_from_the_first_day_on_knows_no_earlier_price(
    api_client: APIClient, mug: ProductVariant
) -> None:
    Price.objects.update(compare_at=40)

    assert shown(api_client) is None
    assert PastPrice.objects.count() == 1


def test_other_currencies_have_a_history_of_their_own(
    api_client: APIClient, mug: ProductVariant
) -> None:
    euro = Price.objects.create(variant=mug, currency="EUR", amount=Decimal("1"))
    days_pass(2)
    set_to(mug, "20", compare_at="30")
    euro.delete()

    assert shown(api_client) == "30.00"
    assert not breaches()


@pytest.mark.parametrize("way", ["queryset", "bulk", "sql"])
def test_whoever_writes_a_price_the_history_is_kept(mug: ProductVariant, way: str) -> None:
    price = mug.prices.get()
    price.amount = Decimal("20")
    if way == "queryset":
        Price.objects.update(amount=20)
    elif way == "bulk":
        Price.objects.bulk_create(
            [Price(variant=mug, currency="USD", amount=Decimal("20"))],
            update_conflicts=True,
            unique_fields=["variant", "currency"],
            update_fields=["amount"],
        )
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE catalog_price SET amount = 20")

    rows = [(str(row.amount), row.until is None) for row in PastPrice.objects.order_by("pk")]
    assert rows == [("30.000", False), ("20.000", True)]
    assert not breaches()


def test_without_the_triggers_the_history_would_be_wrong(mug: ProductVariant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_price DISABLE TRIGGER price_changed_is_kept")
    try:
        set_to(mug, "20")
        assert breaches() == [f"{mug.pk} USD: 20.000, 30.000 in the history"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE catalog_price ENABLE TRIGGER price_changed_is_kept")


def test_prices_set_by_many_at_once_follow_one_another(mug: ProductVariant) -> None:
    outcomes = race(6, lambda number: set_to(mug, str(10 + number)))

    assert outcomes == [None] * 6
    assert not breaches()
    assert PastPrice.objects.filter(until=None).count() == 1
    assert not PastPrice.objects.filter(until__lte=F("since")).exists()
