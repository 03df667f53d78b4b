"""The lowest of thirty days where price lists lower prices, told day by day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.invariants import INVARIANTS
from catalog.models import PastListPrice, PastPrice, PriceList, ProductVariant
from catalog.tests.factories import ListPriceFactory, PriceListFactory, VariantFactory
from users.tests.factories import CustomerGroupFactory

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def mug() -> ProductVariant:
    return VariantFactory.create(sku="MUG", product__slug="mug", price="10")


@pytest.fixture
def start(mug: ProductVariant) -> Iterator[datetime]:
    """Return when the shop opens, ten dollars being asked since."""
    opened = timezone.now()
    yield opened
    assert breaches() == []


def breaches() -> list[str]:
    (kept,) = [one for one in INVARIANTS if one.name == "past_list_price_is_the_price"]
    return kept.breaches()


def sale(mug: ProductVariant, amount: str, start: datetime, days: tuple[int, int]) -> PriceList:
    """Plan a sale from one day of the shop to another."""
    begins, ends = days
    entry = ListPriceFactory.create(
        variant=mug,
        amount=amount,
        price_list__starts_at=start + begins * DAY,
        price_list__ends_at=start + ends * DAY,
    )
    found: PriceList = entry.price_list
    return found


def shown(client: APIClient, day: datetime) -> Any:
    """Return the price, the former price and the lowest before, which card and page agree on."""
    with time_machine.travel(day, tick=False):
        (card,) = client.get("/api/v1/products/").json()["results"]
        (variant,) = client.get("/api/v1/products/mug/").json()["variants"]
    of_page = (variant["price"], variant["compare_at"], variant["lowest_price_30d"])
    assert (card["price_min"], card["compare_at"], card["lowest_price_30d"]) == of_page
    return of_page


def test_a_first_sale_shows_the_usual_price_as_the_lowest(
    api_client: APIClient, mug: ProductVariant, start: datetime
) -> None:
    sale(mug, "8", start, (40, 50))

    assert shown(api_client, start + 39 * DAY) == ("10.00", None, None)
    assert shown(api_client, start + 40 * DAY) == ("8.00", "10.00", "10.00")
    assert shown(api_client, start + 49 * DAY) == ("8.00", "10.00", "10.00")
    assert shown(api_client, start + 50 * DAY) == ("10.00", None, None)


def test_an_earlier_sale_counts_for_thirty_days(
    api_client: APIClient, mug: ProductVariant, start: datetime
) -> None:
    sale(mug, "6", start, (5, 7))
    sale(mug, "8", start, (36, 50))
    sale(mug, "9", start, (90, 95))

    assert shown(api_client, start + 36 * DAY) == ("8.00", "10.00", "6.00")
    # What counts is when the reduction began, however long it lasts.
    assert shown(api_client, start + 49 * DAY) == ("8.00", "10.00", "6.00")
    assert shown(api_client, start + 90 * DAY) == ("9.00", "10.00", "10.00")


def test_thirty_days_to_the_instant(
    api_client: APIClient, mug: ProductVariant, start: datetime
) -> None:
    instant = timedelta(microseconds=1)
    sale(mug, "6", start, (5, 7))
    late = sale(mug, "8", start, (37, 50))
    assert shown(api_client, start + 38 * DAY) == ("8.00", "10.00", "10.00")

    late.starts_at = start + 37 * DAY - instant
    late.save()

    assert shown(api_client, start + 38 * DAY) == ("8.00", "10.00", "6.00")


def test_a_price_that_comes_back_after_a_lower_one_has_begun_again(
    api_client: APIClient, mug: ProductVariant, start: datetime
) -> None:
    sale(mug, "8", start, (10, 60))
    sale(mug, "6", start, (20, 21))

    assert shown(api_client, start + 15 * DAY) == ("8.00", "10.00", "10.00")
    assert shown(api_client, start + 20 * DAY) == ("6.00", "10.00", "8.00")
    assert shown(api_client, start + 25 * DAY) == ("8.00", "10.00", "6.00")


def test_a_sale_called_off_before_it_began_never_was(
    api_client: APIClient, mug: ProductVariant, start: datetime
) -> None:
    planned = sale(mug, "5", start, (5, 7))
    sale(mug, "8", start, (20, 30))
    planned.delete()

    assert shown(api_client, start + 20 * DAY) == ("8.00", "10.00", "10.00")


@pytest.mark.parametrize("end", ["is_active", "ends_at", "delete", "customer_group", "quantity"])
def test_a_sale_that_is_ended_early_still_counts(
    api_client: APIClient, mug: ProductVariant, end: str
) -> None:
    entry = ListPriceFactory.create(variant=mug, amount="5")
    days_pass(3)
    match end:
        case "delete":
            entry.price_list.delete()
        case "is_active":
            PriceList.objects.update(is_active=False)
        case "ends_at":
            PriceList.objects.update(ends_at=timezone.now())
        case "customer_group":
            PriceList.objects.update(customer_group=CustomerGroupFactory.create())
        case _:
            entry.min_quantity = 2
            entry.save()
    days_pass(3)
    ListPriceFactory.create(variant=mug, amount="8")

    assert shown(api_client, timezone.now()) == ("8.00", "10.00", "5.00")
    assert breaches() == []


def days_pass(days: int) -> None:
    """Let all that is in the histories have been so many days before."""
    gone = days * DAY
    PastPrice.objects.update(since=F("since") - gone, until=F("until") - gone)
    PastListPrice.objects.update(since=F("since") - gone, until=F("until") - gone)


def test_a_sale_whose_end_is_moved_goes_on_as_it_was(
    api_client: APIClient, mug: ProductVariant, start: datetime
) -> None:
    entry = ListPriceFactory.create(variant=mug)
    days_pass(10)
    entry.price_list.ends_at = timezone.now() + 10 * DAY
    entry.price_list.save()
    entry.save()

    (kept,) = PastListPrice.objects.all()
    assert kept.since < timezone.now() - 9 * DAY
    assert kept.until == entry.price_list.ends_at


def test_what_a_group_pays_or_who_buys_more_lowers_nothing(
    api_client: APIClient, mug: ProductVariant, start: datetime
) -> None:
    group = CustomerGroupFactory.create()
    ListPriceFactory.create(variant=mug, amount="3", price_list__customer_group=group)
    ListPriceFactory.create(variant=mug, amount="4", min_quantity=2)
    sale(mug, "8", start, (20, 30))

    assert shown(api_client, start + 20 * DAY) == ("8.00", "10.00", "10.00")


def test_of_what_one_transaction_plans_the_last_counts(mug: ProductVariant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        entry = ListPriceFactory.create(variant=mug, amount="5")
        for amount in (6, 7):
            entry.amount = Decimal(amount)
            entry.save()
        cursor.execute("COMMIT")

    assert [str(kept.amount) for kept in PastListPrice.objects.all()] == ["7.000"]
    assert breaches() == []


def test_the_invariant_finds_a_history_that_is_not_so(mug: ProductVariant) -> None:
    ListPriceFactory.create(variant=mug)
    PastListPrice.objects.update(amount="7.50")

    assert breaches() == [f"{mug.pk} USD: 8.000, 7.500 in the history"]


def test_reduced_cards_cost_one_query_more_however_many(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    everything = PriceListFactory.create()
    for _ in range(5):
        ListPriceFactory.create(price_list=everything)

    with django_assert_num_queries(4):
        api_client.get("/api/v1/products/")
    with django_assert_num_queries(2):
        api_client.get("/api/v1/products/", {"fields": "slug,compare_at"})
