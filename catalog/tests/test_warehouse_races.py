"""Many at once over two warehouses: nothing sold twice, no lost update, no deadlock."""

from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor, wait
from random import Random
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from catalog.invariants import INVARIANTS
from catalog.models import ProductVariant, Stock, StockMovement, Warehouse
from catalog.models.stock import StockQuerySet
from catalog.services import stock, warehouses
from catalog.tests.factories import VariantFactory, WarehouseFactory
from catalog.tests.guards import without_limit_of_warehouses
from users.models import User
from users.tests.factories import UserFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 16


def shelved(here: int, there: int) -> tuple[ProductVariant, Warehouse]:
    variant, depot = VariantFactory.create(on_hand=here), WarehouseFactory.create()
    if there:
        stock.receive({variant.pk: there}, reference="factory", warehouse=depot)
    return variant, depot


def breaches() -> list[str]:
    return [line for invariant in INVARIANTS for line in invariant.breaches()]


def read_together(parties: int) -> Any:
    """Return a `lock` that locks nothing, and lets nobody go on before all have read."""
    all_have_read = Barrier(parties, timeout=10)

    def read(stocks: StockQuerySet, variant_ids: Collection[int]) -> list[Stock]:
        rows = list(stocks.filter(pk__in=variant_ids).select_related("variant").order_by("pk"))
        all_have_read.wait()
        return rows

    return read


def sell(variant: ProductVariant, number: int, units: int = 1) -> str:
    try:
        stock.allocate({variant.pk: units}, reference=f"order {number}")
    except stock.InsufficientStock as shortage:
        return shortage.code
    return "sold"


def test_two_warehouses_are_sold_out_exactly() -> None:
    variant, _ = shelved(5, 4)

    outcomes = Counter(race(CLIENTS, lambda number: sell(variant, number)))

    assert outcomes == {"sold": 9, "insufficient_stock": CLIENTS - 9}
    levels = Stock.objects.get().levels.order_by("warehouse_id")
    assert [(level.on_hand, level.allocated) for level in levels] == [(5, 5), (4, 4)]
    assert breaches() == []


def test_without_the_lock_two_warehouses_would_be_oversold(monkeypatch: pytest.MonkeyPatch) -> None:
    variant, _ = shelved(1, 1)
    monkeypatch.setattr(StockQuerySet, "lock", read_together(3))

    with without_limit_of_warehouses():
        outcomes = Counter(race(3, lambda number: sell(variant, number)))

        assert outcomes == {"sold": 3}
        assert StockMovement.objects.filter(kind="allocation").count() == 3


def test_what_may_be_sold_ahead_is_sold_up_to_the_limit() -> None:
    variant, _ = shelved(2, 2)
    stock.set_terms(
        variant=variant,
        policy=Stock.Policy.BACKORDER,
        backorder_limit=3,
        expected_on=None,
        low_stock_threshold=None,
        actor=UserFactory.create(),
    )

    outcomes = Counter(race(CLIENTS, lambda number: sell(variant, number)))

    assert outcomes == {"sold": 7, "insufficient_stock": CLIENTS - 7}
    assert breaches() == []


def boss_client(boss: User) -> Client:
    client = Client()
    client.force_login(boss)
    return client


def adjust_in_admin(client: Client, variant: ProductVariant, change: int) -> int:
    url = f"/admin/catalog/stock/{variant.pk}/change/"
    return client.post(url, {"change": str(change), "reason": "Found"}).status_code


def test_stock_edited_in_the_admin_while_orders_allocate_loses_nothing() -> None:
    variant, _ = shelved(20, 0)
    boss = UserFactory.create(is_staff=True, is_superuser=True)
    clients = [boss_client(boss) for _ in range(CLIENTS)]

    def act(number: int) -> Any:
        if number % 2:
            return sell(variant, number)
        return adjust_in_admin(clients[number], variant, -1 if number % 4 else 3)

    outcomes = Counter(race(CLIENTS, act))

    assert outcomes == {"sold": 8, 302: 8}
    units = Stock.objects.get()
    assert (units.on_hand, units.allocated) == (20 + 4 * 3 - 4, 8)
    assert breaches() == []


def test_without_the_lock_an_edit_in_the_admin_would_undo_an_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    variant, _ = shelved(20, 0)
    monkeypatch.setattr(StockQuerySet, "lock", read_together(2))
    boss = UserFactory.create(is_staff=True, is_superuser=True)
    acts: list[Callable[[], object]] = [
        lambda: stock.adjust(variant=variant, change=-4, reason="Lost", actor=boss),
        lambda: stock.allocate({variant.pk: 3}, reference="8K2M"),
    ]

    race(2, lambda number: acts[number]())

    units = Stock.objects.get()
    assert (units.on_hand, units.allocated) in {(20, 3), (16, 0)}  # either lost the other's
    assert breaches() != []


def test_a_count_beside_orders_finds_what_was_counted() -> None:
    variant, _ = shelved(30, 0)
    boss = UserFactory.create()

    def act(number: int) -> Any:
        if number:
            return sell(variant, number)
        return stock.count(variant=variant, counted=25, reason="Inventory", actor=boss)

    outcomes = race(CLIENTS, act)

    assert outcomes[1:] == ["sold"] * (CLIENTS - 1)
    units = Stock.objects.get()
    assert (units.on_hand, units.allocated) == (25, CLIENTS - 1)
    assert breaches() == []


def test_transfers_to_and_fro_beside_orders_lose_nothing() -> None:
    variant, depot = shelved(20, 20)
    places = [Warehouse.objects.default(), depot]
    boss = UserFactory.create()

    def act(number: int) -> Any:
        if number % 2:
            return sell(variant, number, units=2)
        source, target = places if number % 4 else places[::-1]
        return len(
            stock.transfer(
                {variant.pk: 3}, source=source, target=target, reason="Nearer", actor=boss
            )
        )

    assert Counter(race(CLIENTS, act)) == {"sold": 8, 1: 8}
    units = Stock.objects.get()
    assert (units.on_hand, units.allocated) == (40, 16)
    assert breaches() == []


def test_whoever_closes_a_warehouse_and_whoever_books_into_it_agree() -> None:
    variants = [VariantFactory.create(on_hand=1) for _ in range(CLIENTS)]
    depot = WarehouseFactory.create()
    for variant in variants[: CLIENTS // 2]:
        stock.receive({variant.pk: 2}, reference="before", warehouse=depot)

    def act(number: int) -> Any:
        if number == 0:
            return warehouses.change_warehouse(warehouse=depot, changes={"is_active": False})
        stock.receive({variants[number].pk: 2}, reference="meanwhile", warehouse=depot)
        return "received"

    outcomes = race(CLIENTS, act)

    assert outcomes[1:] == ["received"] * (CLIENTS - 1)
    assert breaches() == []
    assert set(Stock.objects.values_list("sellable", flat=True)) == {1}


def close_while_somebody_books(variant: ProductVariant, depot: Warehouse) -> None:
    """Close a warehouse while a booking into it has been written and not yet committed."""
    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        stock.receive({variant.pk: 2}, reference="meanwhile", warehouse=depot)
        closing = threads.submit(close, depot)
        wait([closing], timeout=1)  # who waits for the booking is not done by then


def close(depot: Warehouse) -> None:
    try:
        warehouses.change_warehouse(warehouse=depot, changes={"is_active": False})
    finally:
        connection.close()


def test_what_is_being_booked_into_a_warehouse_that_closes_is_not_for_sale() -> None:
    variant, depot = shelved(1, 0)

    close_while_somebody_books(variant, depot)

    assert (breaches(), Stock.objects.get().sellable) == ([], 1)


def test_without_the_warehouses_lock_it_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    variant, depot = shelved(1, 0)
    monkeypatch.setattr(warehouses, "_lock", lambda warehouse: warehouse)

    close_while_somebody_books(variant, depot)

    assert breaches() == [f"{variant.sku}: 3 sellable and 0 ahead, 1 and 0 in warehouses"]


def test_random_orders_of_many_lines_beside_edits_never_deadlock() -> None:
    depot, boss = WarehouseFactory.create(), UserFactory.create()
    variants = [VariantFactory.create(on_hand=15) for _ in range(8)]
    stock.receive({variant.pk: 15 for variant in variants}, reference="factory", warehouse=depot)
    main = Warehouse.objects.default()

    def client(number: int) -> Counter[str]:
        told: Counter[str] = Counter()
        random = Random(number)
        for turn in range(12):
            chosen = random.sample(variants, random.randint(1, len(variants)))
            quantities = {variant.pk: random.randint(1, 3) for variant in chosen}
            reference = f"order {number}.{turn}"
            try:
                match random.randrange(6):
                    case 0:
                        variant = random.choice(variants)
                        stock.adjust(variant=variant, change=2, reason="Found", actor=boss)
                    case 1:
                        stock.transfer(
                            quantities, source=main, target=depot, reason="Nearer", actor=boss
                        )
                    case 2:
                        stock.allocate(quantities, reference=reference)
                        stock.release(quantities, reference=reference)
                    case 3:
                        stock.allocate(quantities, reference=reference)
                        stock.ship(quantities, reference=reference)
                        stock.take_back(quantities, reference=reference)
                    case _:
                        stock.allocate(quantities, reference=reference)
                told["done"] += 1
            except stock.InsufficientStock:
                told["insufficient_stock"] += 1
        return told

    outcomes = race(8, client)

    assert [type(outcome) for outcome in outcomes] == [Counter] * 8
    told: Counter[str] = sum(outcomes, Counter())
    assert told.total() == 8 * 12
    assert told["done"] > 0
    assert breaches() == []
