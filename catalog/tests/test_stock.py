from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from pytest_django import DjangoAssertNumQueries

from catalog.models import ProductVariant, Stock, StockMovement
from catalog.services import stock
from catalog.tests.factories import VariantFactory
from ecommerce_backend.common.models import Event
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def levels(variant: ProductVariant) -> tuple[int, int]:
    """Return what is on hand and allocated, after making sure that the ledger says so too."""
    row = Stock.objects.get(pk=variant.pk)
    sums = row.movements.aggregate(on_hand=Sum("on_hand_change"), out=Sum("allocated_change"))
    assert (row.on_hand, row.allocated) == (sums["on_hand"] or 0, sums["out"] or 0)
    return row.on_hand, row.allocated


def test_units_are_promised_taken_back_and_shipped() -> None:
    variant = VariantFactory.create(on_hand=10)

    stock.allocate({variant.pk: 4}, reference="8K2M")
    assert levels(variant) == (10, 4)
    stock.release({variant.pk: 1}, reference="8K2M")
    assert levels(variant) == (10, 3)
    stock.ship({variant.pk: 3}, reference="8K2M")
    assert levels(variant) == (7, 0)
    stock.receive({variant.pk: 2}, reference="return of 8K2M")
    assert levels(variant) == (9, 0)

    movements = StockMovement.objects.filter(stock=variant.pk).order_by("pk")
    assert list(movements.values_list("kind", "on_hand_change", "allocated_change")) == [
        ("receipt", 10, 0),
        ("allocation", 0, 4),
        ("release", 0, -1),
        ("shipment", -3, -3),
        ("receipt", 2, 0),
    ]


def test_all_of_an_order_is_promised_or_nothing() -> None:
    plenty = VariantFactory.create(on_hand=10)
    scarce, gone = VariantFactory.create(on_hand=1), VariantFactory.create(on_hand=0)

    with pytest.raises(stock.InsufficientStock) as shortage:
        stock.allocate({plenty.pk: 1, scarce.pk: 2, gone.pk: 1}, reference="8K2M")

    assert shortage.value.extra == {"available": {scarce.sku: 1, gone.sku: 0}}
    assert [levels(variant) for variant in (plenty, scarce, gone)] == [(10, 0), (1, 0), (0, 0)]
    assert not StockMovement.objects.filter(reference="8K2M").exists()


def test_a_variant_without_a_stock_row_cannot_be_promised() -> None:
    variant = VariantFactory.create(on_hand=1)

    with pytest.raises(Stock.DoesNotExist):
        stock.allocate({variant.pk: 1, variant.pk + 1: 1}, reference="8K2M")

    assert levels(variant) == (1, 0)


@pytest.mark.parametrize("variants", [1, 4])
def test_promising_costs_the_same_for_one_line_and_many(
    django_assert_num_queries: DjangoAssertNumQueries, variants: int
) -> None:
    quantities = {VariantFactory.create().pk: 1 for _ in range(variants)}

    # Savepoint and its release, lock, levels, update, ledger, event.
    with django_assert_num_queries(7):
        stock.allocate(quantities, reference="8K2M")


def test_a_count_corrects_what_is_on_hand() -> None:
    variant, keeper = VariantFactory.create(on_hand=10), UserFactory.create()

    adjusted = stock.adjust(variant=variant, change=-4, reason="Counted", actor=keeper)

    assert (adjusted.on_hand, adjusted.available) == (6, 6)
    assert levels(variant) == (6, 0)


def test_a_count_leaves_what_is_promised() -> None:
    variant, keeper = VariantFactory.create(on_hand=10), UserFactory.create()
    stock.allocate({variant.pk: 8}, reference="8K2M")

    with pytest.raises(stock.StockWouldTurnNegative) as refusal:
        stock.adjust(variant=variant, change=-3, reason="Lost", actor=keeper)

    assert refusal.value.extra == {"available": 2}
    assert levels(variant) == (10, 8)


def test_every_movement_is_an_event() -> None:
    variant = VariantFactory.create(on_hand=10)

    stock.allocate({variant.pk: 4}, reference="8K2M")

    event = Event.objects.latest("pk")
    assert (event.type, event.subject) == ("stock.changed", "stock:allocation")
    assert event.payload == {"reference": "8K2M", "stock": {variant.sku: 6}}


@pytest.mark.parametrize("act", [stock.release, stock.ship])
def test_more_than_was_promised_cannot_leave(act: Callable[..., None]) -> None:
    variant = VariantFactory.create(on_hand=10)
    stock.allocate({variant.pk: 1}, reference="8K2M")

    with pytest.raises(IntegrityError), transaction.atomic():
        act({variant.pk: 2}, reference="8K2M")

    assert levels(variant) == (10, 1)


def test_the_ledger_is_never_rewritten() -> None:
    VariantFactory.create(on_hand=10)
    ledger = StockMovement.objects.all()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ledger.update(on_hand_change=1000)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ledger.delete()

    assert list(ledger.values_list("on_hand_change", flat=True)) == [10]
