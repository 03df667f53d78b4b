"""The lowest prices that lists are ordered by follow whatever is written, by whomever."""

from collections.abc import Iterator
from decimal import Decimal
from threading import Event
from time import monotonic

import pytest
from django.db import connection, transaction

from catalog.invariants import INVARIANTS
from catalog.models import LowestPrice, Price, Product, ProductVariant
from catalog.services.prices import set_price
from catalog.tests.factories import ProductFactory, VariantFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db
(TRUE_TO_PRICES,) = (each for each in INVARIANTS if each.name == "lowest_price_is_the_lowest")


def lowest(product: Product) -> dict[str, str]:
    return {row.currency: str(row.amount) for row in product.lowest_prices.all()}


def test_it_follows_prices_that_are_written_changed_and_taken_away() -> None:
    dear = VariantFactory.create(price="30.00")
    cheap = VariantFactory.create(product=dear.product, price="20.00")
    Price.objects.create(variant=cheap, currency="EUR", amount=Decimal("18"))
    assert lowest(dear.product) == {"USD": "20.000", "EUR": "18.000"}

    set_price(variant=dear, currency="USD", amount=Decimal("10"))
    assert lowest(dear.product) == {"USD": "10.000", "EUR": "18.000"}

    Price.objects.filter(variant=dear).update(currency="GBP")
    assert lowest(dear.product) == {"USD": "20.000", "EUR": "18.000", "GBP": "10.000"}

    Price.objects.filter(variant=cheap, currency="USD").delete()
    assert lowest(dear.product) == {"EUR": "18.000", "GBP": "10.000"}
    assert TRUE_TO_PRICES.breaches() == []


def test_a_variant_that_is_not_for_sale_does_not_count() -> None:
    dear = VariantFactory.create(price="30.00")
    cheap = VariantFactory.create(product=dear.product, price="20.00")

    ProductVariant.objects.filter(pk=cheap.pk).update(is_active=False)
    assert lowest(dear.product) == {"USD": "30.000"}

    ProductVariant.objects.filter(pk=cheap.pk).update(is_active=True)
    assert lowest(dear.product) == {"USD": "20.000"}


def test_a_variant_takes_its_prices_along() -> None:
    cheap = VariantFactory.create(price="20.00")
    product, other = cheap.product, ProductFactory.create(options=cheap.product.options)

    ProductVariant.objects.filter(pk=cheap.pk).update(product=other)

    assert lowest(product) == {}
    assert lowest(other) == {"USD": "20.000"}


def test_nothing_of_a_product_that_is_gone_stays() -> None:
    product = ProductFactory.create()
    variant = ProductVariant.objects.create(product=product, sku="LAMP-1")
    Price.objects.create(variant=variant, currency="USD", amount=Decimal("5"))

    variant.delete()
    product.delete()

    assert not LowestPrice.objects.exists()
    assert TRUE_TO_PRICES.breaches() == []


def test_a_wrong_one_is_told_of() -> None:
    variant = VariantFactory.create(price="20.00", product__slug="lamp")
    LowestPrice.objects.update(amount=Decimal("19"))

    assert TRUE_TO_PRICES.breaches() == ["lamp: USD 19.000 is stored, 20.000 is true"]

    variant.product.lowest_prices.all().delete()
    assert TRUE_TO_PRICES.breaches() == ["lamp: USD  is stored, 20.000 is true"]


def lower_both_at_once(product: Product) -> None:
    """Lower one price, and another one before the first transaction has ended."""
    first, second = product.variants.order_by("pk")
    first_is_written = Event()

    def lower(number: int) -> None:
        with transaction.atomic():
            if number:
                first_is_written.wait(10)
                set_price(variant=second, currency="USD", amount=Decimal(20))
            else:
                set_price(variant=first, currency="USD", amount=Decimal(10))
                first_is_written.set()
                wait_until_somebody_waits()

    assert race(2, lower) == [None, None]


def wait_until_somebody_waits() -> None:
    deadline = monotonic() + 20
    with connection.cursor() as cursor:
        while monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() != (0,):
                return
            Event().wait(0.02)
    raise AssertionError("The second transaction never met the first one.")


@pytest.fixture
def _without_the_lock() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('catalog_lock_search_entries'::regproc)")
        ((definition,),) = cursor.fetchall()
        cursor.execute(
            "CREATE OR REPLACE FUNCTION catalog_lock_search_entries(products bigint[])"
            " RETURNS void LANGUAGE plpgsql AS 'BEGIN END'"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute(definition)


@pytest.mark.django_db(transaction=True)
def test_of_two_prices_at_once_the_lower_one_is_kept() -> None:
    product = VariantFactory.create(price="99.00").product
    VariantFactory.create(product=product, price="99.00")

    lower_both_at_once(product)

    assert lowest(product) == {"USD": "10.000"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_without_the_lock")
def test_without_the_lock_the_one_would_not_see_the_other() -> None:
    product = VariantFactory.create(price="99.00", product__slug="product").product
    VariantFactory.create(product=product, price="99.00")

    lower_both_at_once(product)

    assert lowest(product) == {"USD": "20.000"}
    assert TRUE_TO_PRICES.breaches() == ["product: USD 20.000 is stored, 10.000 is true"]
