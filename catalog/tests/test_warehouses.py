"""Which warehouse an order is promised from, and that what follows finds its way there."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.invariants import INVARIANTS
from catalog.models import ProductVariant, Stock, StockMovement, Warehouse
from catalog.services import stock
from catalog.tests.factories import VariantFactory, WarehouseFactory
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
Levels = dict[str, tuple[int, int]]


@pytest.fixture
def depot() -> Warehouse:
    return WarehouseFactory.create(code="depot")


@pytest.fixture
def keeper() -> User:
    return UserFactory.create()


def levels(variant: ProductVariant) -> Levels:
    """Return on hand and allocated by warehouse, after checking every rule of the stock."""
    assert [invariant.breaches() for invariant in INVARIANTS] == [[]] * len(INVARIANTS)
    rows = Stock.objects.get(pk=variant.pk).levels.select_related("warehouse")
    return {row.warehouse.code: (row.on_hand, row.allocated) for row in rows}


def shelved(units: Mapping[Warehouse | None, int]) -> ProductVariant:
    variant = VariantFactory.create(on_hand=0)
    for warehouse, number in units.items():
        stock.receive({variant.pk: number}, reference="factory", warehouse=warehouse)
    return variant


def terms(variant: ProductVariant, keeper: User, **changes: Any) -> Stock:
    usual: dict[str, Any] = {
        "policy": Stock.Policy.BACKORDER,
        "backorder_limit": 5,
        "expected_on": None,
    }
    return stock.set_terms(
        variant=variant, actor=keeper, low_stock_threshold=None, **(usual | changes)
    )


@pytest.mark.parametrize(
    ("here", "there", "wanted", "expected"),
    [
        (5, 5, 4, {"main": (5, 4), "depot": (5, 0)}),  # by priority
        (3, 5, 4, {"main": (3, 0), "depot": (5, 4)}),  # one parcel rather than two
        (3, 5, 7, {"main": (3, 3), "depot": (5, 4)}),  # two, the first emptied first
        (3, 5, 8, {"main": (3, 3), "depot": (5, 5)}),
    ],
)
def test_one_warehouse_serves_a_line_if_one_can(
    depot: Warehouse, here: int, there: int, wanted: int, expected: Levels
) -> None:
    variant = shelved({None: here, depot: there})

    stock.allocate({variant.pk: wanted}, reference="8K2M")

    assert levels(variant) == expected


def test_what_follows_happens_where_the_promise_was_made(depot: Warehouse) -> None:
    variant = shelved({None: 3, depot: 5})
    stock.allocate({variant.pk: 7}, reference="8K2M")
    stock.allocate({variant.pk: 1}, reference="OTHER")

    stock.ship({variant.pk: 5}, reference="8K2M")
    assert levels(variant) == {"main": (0, 0), "depot": (3, 3)}
    stock.release({variant.pk: 2}, reference="8K2M")
    assert levels(variant) == {"main": (0, 0), "depot": (3, 1)}
    stock.take_back({variant.pk: 4}, reference="8K2M")
    assert levels(variant) == {"main": (3, 0), "depot": (4, 1)}


@pytest.mark.parametrize("act", [stock.release, stock.ship, stock.take_back])
def test_an_order_cannot_use_what_is_promised_to_another(act: Any) -> None:
    variant = shelved({None: 5})
    stock.allocate({variant.pk: 1}, reference="8K2M")
    stock.allocate({variant.pk: 4}, reference="OTHER")

    with pytest.raises(IntegrityError, match="under this reference"), transaction.atomic():
        act({variant.pk: 2}, reference="8K2M")

    assert levels(variant) == {"main": (5, 5)}


def test_what_lies_in_a_closed_warehouse_is_not_for_sale(depot: Warehouse) -> None:
    variant = shelved({None: 1, depot: 5})
    Warehouse.objects.filter(pk=depot.pk).update(is_active=False)

    with pytest.raises(stock.InsufficientStock) as shortage:
        stock.allocate({variant.pk: 2}, reference="8K2M")

    assert shortage.value.extra == {"available": {variant.sku: 1}}


def test_safety_stock_is_kept_back_in_its_own_warehouse(depot: Warehouse, keeper: User) -> None:
    variant = shelved({None: 3, depot: 5})

    kept = stock.set_safety_stock(
        variant=variant, warehouse=Warehouse.objects.default(), units=4, actor=keeper
    )

    assert kept.available == 5  # four of three are three, not one of the depot's
    with pytest.raises(stock.InsufficientStock):
        stock.allocate({variant.pk: 6}, reference="8K2M")
    stock.allocate({variant.pk: 5}, reference="8K2M")
    assert levels(variant) == {"main": (3, 0), "depot": (5, 5)}


def test_more_is_sold_ahead_up_to_the_limit(depot: Warehouse, keeper: User) -> None:
    variant = shelved({None: 1, depot: 2})

    assert terms(variant, keeper).available == 8
    stock.allocate({variant.pk: 6}, reference="8K2M")
    assert levels(variant) == {"main": (1, 4), "depot": (2, 2)}
    with pytest.raises(stock.InsufficientStock) as shortage:
        stock.allocate({variant.pk: 3}, reference="OTHER")

    assert shortage.value.extra == {"available": {variant.sku: 2}}


def test_what_was_sold_ahead_leaves_when_it_has_arrived(keeper: User) -> None:
    variant = shelved({None: 1})
    terms(variant, keeper)
    stock.allocate({variant.pk: 3}, reference="8K2M")

    with pytest.raises(stock.NotOnHand) as shortage:
        stock.ship({variant.pk: 3}, reference="8K2M")
    assert shortage.value.shortages == {variant.pk: 1}
    stock.receive({variant.pk: 2}, reference="delivery")
    stock.ship({variant.pk: 3}, reference="8K2M")

    assert levels(variant) == {"main": (0, 0)}


def test_a_pre_order_has_a_date_and_is_in_stock_once_it_is_there(keeper: User) -> None:
    variant = shelved({})
    policy, day = Stock.Policy.PREORDER, date(2027, 3, 1)

    announced = terms(variant, keeper, policy=policy, expected_on=day)
    assert (announced.availability, announced.available) == ("preorder", 5)
    stock.receive({variant.pk: 2}, reference="delivery")

    arrived = Stock.objects.get(pk=variant.pk)
    assert (arrived.availability, arrived.available) == ("in_stock", 7)
    with pytest.raises(IntegrityError, match="stock_preorder_has_date"), transaction.atomic():
        terms(variant, keeper, policy=policy)


def test_the_limit_does_not_fall_below_what_was_sold_ahead(keeper: User) -> None:
    variant = shelved({})
    terms(variant, keeper)
    stock.allocate({variant.pk: 4}, reference="8K2M")

    with pytest.raises(stock.BackorderLimitTooLow) as refusal:
        terms(variant, keeper, backorder_limit=3)
    assert refusal.value.extra == {"owed": 4}
    stopped = terms(variant, keeper, backorder_limit=4, policy=Stock.Policy.NONE)

    assert (stopped.available, stopped.availability) == (0, "out_of_stock")
    assert levels(variant) == {"main": (0, 4)}


def test_a_transfer_moves_both_legs_or_none(depot: Warehouse, keeper: User) -> None:
    one, two = shelved({None: 3}), shelved({None: 3})
    stock.allocate({two.pk: 2}, reference="8K2M")
    main = Warehouse.objects.default()

    with pytest.raises(stock.InsufficientStock) as shortage:
        stock.transfer(
            {one.pk: 3, two.pk: 2}, source=main, target=depot, reason="Summer", actor=keeper
        )
    assert shortage.value.extra == {"available": {two.sku: 1}}
    assert (levels(one), levels(two)) == ({"main": (3, 0)}, {"main": (3, 2)})

    stock.transfer({one.pk: 3, two.pk: 1}, source=main, target=depot, reason="Summer", actor=keeper)
    assert levels(one) == {"main": (0, 0), "depot": (3, 0)}
    assert levels(two) == {"main": (2, 2), "depot": (1, 0)}
    legs = StockMovement.objects.filter(kind="transfer", stock=one.pk).order_by("pk")
    assert list(legs.values_list("warehouse__code", "on_hand_change", "reason")) == [
        ("main", -3, "Summer"),
        ("depot", 3, "Summer"),
    ]


def test_a_count_writes_the_difference(depot: Warehouse, keeper: User) -> None:
    variant = shelved({None: 20, depot: 1})
    stock.allocate({variant.pk: 6}, reference="8K2M")

    counted = stock.count(variant=variant, counted=17, reason="Inventory", actor=keeper)
    assert (counted.on_hand, counted.available) == (18, 12)
    stock.count(variant=variant, counted=17, reason="Again", actor=keeper)
    with pytest.raises(stock.StockWouldTurnNegative) as refusal:
        stock.count(variant=variant, counted=5, reason="Thief", actor=keeper)

    assert refusal.value.extra == {"available": 11}
    counts = StockMovement.objects.filter(kind="count")
    assert list(counts.values_list("on_hand_change", "reason")) == [(-3, "Inventory")]
    assert levels(variant) == {"main": (17, 6), "depot": (1, 0)}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE catalog_warehousestock SET allocated = 11", "allocated_within_limit"),
        ("UPDATE catalog_warehousestock SET on_hand = -1", "on_hand_check"),
        ("UPDATE catalog_warehousestock SET allocated = -1", "allocated_check"),
        ("UPDATE catalog_stock SET allocated = 11", "stock_allocated_within_limit"),
        ("UPDATE catalog_stock SET policy = 'always'", "stock_policy_known"),
        ("UPDATE catalog_warehouse SET is_active = false", "warehouse_default_is_active"),
        ("UPDATE catalog_warehouse SET country = 'de'", "warehouse_country_code"),
    ],
)
def test_the_rules_hold_whoever_writes(statement: str, rule: str) -> None:
    shelved({None: 10})

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        run(statement)


def test_a_line_of_code_that_knows_no_warehouse_counts_in_the_first_one() -> None:
    """The release before books like this while this one is being brought up."""
    variant = shelved({None: 10})

    run("UPDATE catalog_stock SET allocated = 4")
    run(
        "INSERT INTO catalog_stockmovement"
        " (stock_id, kind, on_hand_change, allocated_change, reference, reason, recorded_at)"
        " SELECT variant_id, 'allocation', 0, 4, '8K2M', '', now() FROM catalog_stock"
    )

    assert levels(variant) == {"main": (10, 4)}
    assert Stock.objects.get(pk=variant.pk).available == 6
    stock.ship({variant.pk: 4}, reference="8K2M")
    assert levels(variant) == {"main": (6, 0)}


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
