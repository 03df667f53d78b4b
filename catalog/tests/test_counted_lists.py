"""Lists of products stand in the order of what price lists make of prices."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from catalog.invariants import INVARIANTS
from catalog.models import PriceList, ProductVariant
from catalog.services.price_lists import count_opened_and_closed
from catalog.tests.factories import ListPriceFactory, PriceListFactory, VariantFactory
from catalog.tests.test_list_products import names
from catalog.tests.test_lowest_prices import lowest, wait_until_somebody_waits
from users.tests.factories import CustomerGroupFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def breaches() -> list[str]:
    about = ("lowest_price_is_the_lowest", "price_lists_are_counted")
    return [breach for one in INVARIANTS if one.name in about for breach in one.breaches()]


@pytest.fixture
def mug() -> ProductVariant:
    return VariantFactory.create(product__name="Mug", price="10")


@pytest.fixture
def sale() -> PriceList:
    return PriceListFactory.create()


def move(
    sale: PriceList, *, starts: timedelta | None = None, ends: timedelta | None = None
) -> None:
    """Let its window be where it is, as if the clock had come there: no trigger notices."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_pricelist DISABLE TRIGGER USER")
        PriceList.objects.filter(pk=sale.pk).update(
            starts_at=starts and now + starts,
            ends_at=ends and now + ends,
            updated_at=now - HOUR,
        )
        cursor.execute("ALTER TABLE catalog_pricelist ENABLE TRIGGER USER")


def test_an_entry_counts_from_when_it_is_written(mug: ProductVariant, sale: PriceList) -> None:
    entry = ListPriceFactory.create(price_list=sale, variant=mug, amount="8")
    assert lowest(mug.product) == {"USD": "8.000"}

    entry.amount = Decimal(7)
    entry.save()
    assert lowest(mug.product) == {"USD": "7.000"}

    entry.min_quantity = 2
    entry.save()
    assert lowest(mug.product) == {"USD": "10.000"}

    entry.min_quantity = 1
    entry.save()
    entry.delete()
    assert lowest(mug.product) == {"USD": "10.000"}
    assert not breaches()


def test_a_change_of_the_list_counts_at_once(mug: ProductVariant, sale: PriceList) -> None:
    ListPriceFactory.create(price_list=sale, variant=mug)

    sale.is_active = False
    sale.save()
    assert lowest(mug.product) == {"USD": "10.000"}

    sale.is_active = True
    sale.save()
    assert lowest(mug.product) == {"USD": "8.000"}

    sale.customer_group = CustomerGroupFactory.create()
    sale.save()
    assert lowest(mug.product) == {"USD": "10.000"}
    assert not breaches()


def test_a_base_price_below_the_list_counts(mug: ProductVariant, sale: PriceList) -> None:
    ListPriceFactory.create(price_list=sale, variant=mug)

    mug.prices.update(amount=Decimal(6))

    assert lowest(mug.product) == {"USD": "6.000"}
    assert not breaches()


@pytest.mark.django_db(transaction=True)
def test_a_list_that_opens_or_closes_is_counted_by_the_job(
    api_client: APIClient, mug: ProductVariant, sale: PriceList
) -> None:
    VariantFactory.create(product__name="Cup", price="9")
    sale.starts_at = timezone.now() + HOUR
    sale.save()
    ListPriceFactory.create(price_list=sale, variant=mug)
    assert names(api_client, ordering="price") == ["Cup", "Mug"]
    assert count_opened_and_closed() == 0

    move(sale, starts=-HOUR)
    # What is shown and filtered by is right at once; the order follows.
    assert names(api_client, max_price="8") == ["Mug"]
    assert names(api_client, ordering="price") == ["Cup", "Mug"]
    assert breaches() == [sale.name]
    assert count_opened_and_closed() == 1
    assert names(api_client, ordering="price") == ["Mug", "Cup"]

    move(sale, starts=-HOUR, ends=-HOUR / 2)
    assert names(api_client, max_price="8") == []
    assert breaches() == [sale.name]
    assert count_opened_and_closed() == 1
    assert names(api_client, ordering="price") == ["Cup", "Mug"]
    assert not breaches()


def open_while_an_entry_is_added(mug: ProductVariant, sale: PriceList) -> None:
    entry_is_written = Event()

    def act(number: int) -> None:
        with transaction.atomic():
            if number:
                entry_is_written.wait(10)
                PriceList.objects.filter(pk=sale.pk).update(is_active=True)
            else:
                ListPriceFactory.create(price_list=sale, variant=mug)
                entry_is_written.set()
                wait_until_somebody_waits()

    assert race(2, act) == [None, None]


@pytest.mark.django_db(transaction=True)
def test_a_list_that_opens_sees_the_entry_that_is_added_meanwhile(mug: ProductVariant) -> None:
    sale = PriceListFactory.create(is_active=False)

    open_while_an_entry_is_added(mug, sale)

    assert lowest(mug.product) == {"USD": "8.000"}
    assert not breaches()


@pytest.fixture
def _without_the_lock() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('catalog_note_list_prices'::regproc)")
        ((definition,),) = cursor.fetchall()
        cursor.execute(definition.replace("ORDER BY id FOR SHARE", "ORDER BY id"))
    yield
    with connection.cursor() as cursor:
        cursor.execute(definition)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_without_the_lock")
def test_without_the_lock_the_list_would_open_past_the_entry(mug: ProductVariant) -> None:
    sale = PriceListFactory.create(is_active=False)
    entry_is_written, list_is_open = Event(), Event()

    def act(number: int) -> None:
        if number:
            entry_is_written.wait(10)
            PriceList.objects.filter(pk=sale.pk).update(is_active=True)
            list_is_open.set()
        else:
            with transaction.atomic():
                ListPriceFactory.create(price_list=sale, variant=mug)
                entry_is_written.set()
                assert list_is_open.wait(10)

    assert race(2, act) == [None, None]

    assert lowest(mug.product) == {"USD": "10.000"}
    assert len(breaches()) == 1
