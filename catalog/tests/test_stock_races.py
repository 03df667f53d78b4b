from collections import Counter
from collections.abc import Collection
from threading import Barrier

import pytest
from django.db import IntegrityError

from catalog.models import Stock, StockMovement
from catalog.models.stock import StockQuerySet
from catalog.services import stock
from catalog.tests.factories import VariantFactory
from catalog.tests.guards import without_limit_of_warehouses
from users.tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 8


def test_the_last_unit_is_promised_once() -> None:
    variant = VariantFactory.create(on_hand=1)

    outcomes = race(
        CLIENTS, lambda number: stock.allocate({variant.pk: 1}, reference=f"order {number}")
    )

    assert outcomes.count(None) == 1
    refusals = [outcome for outcome in outcomes if outcome is not None]
    assert {type(refusal) for refusal in refusals} == {stock.InsufficientStock}
    variant.stock.refresh_from_db()
    assert (variant.stock.on_hand, variant.stock.allocated) == (1, 1)
    assert StockMovement.objects.filter(kind=StockMovement.Kind.ALLOCATION).count() == 1


def test_without_the_lock_it_would_be_promised_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = VariantFactory.create(on_hand=1)
    everybody_has_read = Barrier(2, timeout=10)

    def read_without_lock(stocks: StockQuerySet, variant_ids: Collection[int]) -> list[Stock]:
        rows = list(stocks.filter(pk__in=variant_ids).select_related("variant"))
        everybody_has_read.wait()
        return rows

    monkeypatch.setattr(StockQuerySet, "lock", read_without_lock)
    with without_limit_of_warehouses():
        outcomes = race(
            2, lambda number: stock.allocate({variant.pk: 1}, reference=f"order {number}")
        )

        assert outcomes == [None, None]
        assert StockMovement.objects.filter(kind=StockMovement.Kind.ALLOCATION).count() == 2


def test_without_the_lock_the_database_still_refuses_the_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    variant = VariantFactory.create(on_hand=1)
    everybody_has_read = Barrier(2, timeout=10)

    def read_without_lock(stocks: StockQuerySet, variant_ids: Collection[int]) -> list[Stock]:
        rows = list(stocks.filter(pk__in=variant_ids).select_related("variant"))
        everybody_has_read.wait()
        return rows

    monkeypatch.setattr(StockQuerySet, "lock", read_without_lock)
    outcomes = race(2, lambda number: stock.allocate({variant.pk: 1}, reference=f"order {number}"))

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {
        "NoneType": 1,
        "IntegrityError": 1,
    }
    assert StockMovement.objects.filter(kind=StockMovement.Kind.ALLOCATION).count() == 1


def test_orders_of_the_same_things_in_another_order_do_not_deadlock() -> None:
    one, two = VariantFactory.create(on_hand=50), VariantFactory.create(on_hand=50)
    baskets = [{one.pk: 1, two.pk: 1}, {two.pk: 1, one.pk: 1}]

    outcomes = race(
        CLIENTS, lambda number: stock.allocate(baskets[number % 2], reference=f"order {number}")
    )

    assert outcomes == [None] * CLIENTS
    assert set(Stock.objects.values_list("allocated", flat=True)) == {CLIENTS}


def test_a_count_and_a_sale_at_once_lose_nothing() -> None:
    variant = VariantFactory.create(on_hand=CLIENTS)

    def act(number: int) -> None:
        if number % 2:
            stock.allocate({variant.pk: 1}, reference=f"order {number}")
        else:
            stock.receive({variant.pk: 1}, reference=f"delivery {number}")

    outcomes = race(CLIENTS, act)

    assert not [outcome for outcome in outcomes if isinstance(outcome, IntegrityError)]
    variant.stock.refresh_from_db()
    assert (variant.stock.on_hand, variant.stock.allocated) == (CLIENTS * 3 // 2, CLIENTS // 2)
