"""Many at once, and what would happen without the guard that keeps them apart."""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta
from threading import Barrier, Semaphore
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from cart.models import Cart, CartQuerySet
from catalog.invariants import INVARIANTS as OF_CATALOG
from catalog.models import ProductVariant, Stock, StockMovement
from catalog.models.stock import StockQuerySet
from catalog.services import stock
from catalog.services.stock import InsufficientStock
from catalog.tests.factories import VariantFactory
from catalog.tests.guards import let_references_be_forgotten, without_limit_of_warehouses
from ecommerce_backend.common.models import Event
from orders.invariants import INVARIANTS as OF_ORDERS
from orders.models import InvalidTransition, Order, OrderQuerySet, Payment
from orders.services import cancellation, expiry
from orders.services.cancellation import cancel_order
from orders.services.expiry import expire_unpaid_orders
from orders.services.locking import lock_with_payments
from orders.services.placement import place_order
from orders.services.quoting import CartEmpty
from orders.tests.factories import (
    ADDRESS,
    filled_cart,
    placed_order,
    quote_token,
    standard_shipping,
)
from orders.tests.interleaving import unlocked
from users.tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS, UNITS, CONNECTIONS = 200, 50, 16


def wish_carts(variant: ProductVariant, count: int) -> list[tuple[Cart, str]]:
    """Return guests' carts with one unit each, and their quotes."""
    standard_shipping()
    carts = [filled_cart({variant: 1}, token=f"guest-{number}") for number in range(count)]
    return [(cart, quote_token(cart)) for cart in carts]


def place(cart: Cart, quote: str, *, guest: str = "") -> Order:
    return place_order(
        cart_id=cart.pk,
        customer=None,
        email=f"{guest or cart.pk}@shop.example",  # orders of one address wait for each other
        shipping_address=ADDRESS,
        billing_address=ADDRESS,
        shipping_method="standard",
        quote=quote,
    )


def race_for_fifty_units() -> Counter[str]:
    """Let two hundred clients each order one unit; return order numbers and refusals."""
    variant = VariantFactory.create(on_hand=UNITS)
    wishes = wish_carts(variant, CLIENTS)
    turns = Semaphore(CONNECTIONS)

    def client(number: int) -> str:
        with turns:  # two hundred callers, as many connections as a server has
            try:
                return place(*wishes[number]).number
            except InsufficientStock as shortage:
                return shortage.code
            finally:
                connection.close()

    return Counter(race(CLIENTS, client))


def test_two_hundred_clients_race_for_fifty_units() -> None:
    answers = race_for_fifty_units()

    assert answers.pop("insufficient_stock") == CLIENTS - UNITS
    assert len(answers) == Order.objects.count() == UNITS
    units = Stock.objects.get()
    assert (units.on_hand, units.allocated) == (UNITS, UNITS)
    ledger = StockMovement.objects.filter(kind=StockMovement.Kind.ALLOCATION)
    assert Counter(ledger.values_list("reference", "allocated_change")) == Counter(
        (number, 1) for number in answers
    )
    assert Event.objects.filter(type="order.placed").count() == UNITS
    assert Cart.objects.filter(lines=None).count() == UNITS
    assert [invariant.breaches() for invariant in OF_CATALOG] == [[]] * len(OF_CATALOG)
    assert [invariant.breaches() for invariant in OF_ORDERS] == [[]] * len(OF_ORDERS)


def test_without_the_row_lock_the_same_race_sells_more_than_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read(self: StockQuerySet, variant_ids: Collection[int]) -> list[Stock]:
        return list(self.filter(pk__in=variant_ids).select_related("variant").order_by("pk"))

    monkeypatch.setattr(StockQuerySet, "lock", read)
    with without_limit_of_warehouses():
        race_for_fifty_units()

        assert Order.objects.count() > UNITS
        assert any(invariant.breaches() for invariant in OF_CATALOG)


def test_without_the_row_lock_one_unit_would_be_sold_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = VariantFactory.create(on_hand=1)
    wishes = wish_carts(variant, 2)
    both_have_read = Barrier(2, timeout=5)

    def read(self: StockQuerySet, variant_ids: Collection[int]) -> list[Stock]:
        stocks = list(self.filter(pk__in=variant_ids).select_related("variant").order_by("pk"))
        both_have_read.wait()
        return stocks

    monkeypatch.setattr(StockQuerySet, "lock", read)
    with without_limit_of_warehouses():
        orders = race(2, lambda number: place(*wishes[number]))

        assert [type(order) for order in orders] == [Order, Order]
        units = Stock.objects.get()
        assert (units.on_hand, units.allocated) == (1, 1)
        assert StockMovement.objects.filter(kind=StockMovement.Kind.ALLOCATION).count() == 2


def post_order(quote: str, *, key: str) -> Any:
    return APIClient().post(
        "/api/v1/orders/",
        {
            "email": "ada@shop.example",
            "shipping_address": ADDRESS,
            "shipping_method": "standard",
            "quote": quote,
        },
        headers={"Idempotency-Key": key, "X-Cart-Token": "guest-0"},
    )


def test_fifty_orders_with_one_key_are_one_order() -> None:
    variant = VariantFactory.create(on_hand=60)
    ((_, quote),) = wish_carts(variant, 1)

    responses = race(50, lambda _: post_order(quote, key="one"))

    by_status = Counter(response.status_code for response in responses)
    assert set(by_status) <= {201, 409}
    order = Order.objects.get()
    placed = [response.json() for response in responses if response.status_code == 201]
    assert placed.count(placed[0]) == len(placed)
    assert placed[0]["number"] == order.number
    refused = [response.json()["code"] for response in responses if response.status_code == 409]
    assert set(refused) <= {"idempotency_in_progress"}
    repeat = post_order(quote, key="one")
    assert (repeat.status_code, repeat.json()) == (201, placed[0])
    assert repeat["Idempotent-Replayed"] == "true"
    assert Stock.objects.get().allocated == 1


def test_without_the_key_a_repeat_would_not_get_the_first_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ((_, quote),) = wish_carts(VariantFactory.create(), 1)

    def without_key(request: Any, act: Callable[[], Any], **options: Any) -> Any:
        return act()

    monkeypatch.setattr("orders.views.orders.run_once", without_key)
    first, repeat = (post_order(quote, key="one") for _ in range(2))

    assert first.status_code == 201
    assert (repeat.status_code, repeat.json()["code"]) == (409, "cart_empty")


def test_two_tabs_place_one_cart_once() -> None:
    ((cart, quote),) = wish_carts(VariantFactory.create(), 1)

    outcomes = race(2, lambda _: place(cart, quote))

    assert Counter(type(outcome) for outcome in outcomes) == {Order: 1, CartEmpty: 1}
    assert Order.objects.count() == 1
    assert Stock.objects.get().allocated == 1


def test_without_the_carts_lock_two_tabs_would_place_it_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ((cart, quote),) = wish_carts(VariantFactory.create(), 1)
    both_have_read = Barrier(2, timeout=5)
    allocate = stock.allocate

    def allocate_when_both_have_read(*args: Any, **options: Any) -> None:
        both_have_read.wait()
        allocate(*args, **options)

    monkeypatch.setattr(CartQuerySet, "lock", lambda carts, cart_id: carts.get(pk=cart_id))
    monkeypatch.setattr(stock, "allocate", allocate_when_both_have_read)
    race(2, lambda number: place(cart, quote, guest=f"tab-{number}"))

    assert Order.objects.count() == 2


def overdue_order() -> Order:
    order = placed_order(quantities={VariantFactory.create(on_hand=5): 2})
    Order.objects.filter(pk=order.pk).update(payment_due_at=timezone.now() - timedelta(seconds=1))
    return order


def what_became_of_it(order: Order) -> tuple[list[Any], str]:
    """Let a cancellation and an expiry of the order race; return both outcomes and the status."""
    acts: list[Callable[[], Any]] = [
        lambda: cancel_order(order=order, actor=None),
        expire_unpaid_orders,
    ]
    outcomes = race(2, lambda number: acts[number]())
    order.refresh_from_db()
    return outcomes, order.status


def test_of_cancellation_and_expiry_one_wins_and_stock_returns_once() -> None:
    order = overdue_order()
    variant = order.lines.get().variant
    placed_order(quantities={variant: 2})

    (canceled, expired), status = what_became_of_it(order)

    if status == Order.Status.CANCELED:
        assert (type(canceled), expired) == (Order, 0)
    else:
        assert (type(canceled), expired) == (InvalidTransition, 1)
    assert order.events.filter(kind__in=["canceled", "expired"]).count() == 1
    assert Stock.objects.get().allocated == 2


def test_without_their_locks_stock_would_return_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    order = overdue_order()
    placed_order(quantities={order.lines.get().variant: 2})
    read = unlocked(2)
    let_references_be_forgotten(monkeypatch)

    monkeypatch.setattr(cancellation, "lock_with_payments", read)
    monkeypatch.setattr(expiry, "lock_if_overdue", lambda order_id: read(order_id)[0])
    (canceled, expired), _ = what_became_of_it(order)

    assert (type(canceled), expired) == (Order, 1)
    assert order.events.filter(kind__in=["canceled", "expired"]).count() == 2
    assert Stock.objects.get().allocated == 0  # and yet the other order still counts on two


def test_without_their_locks_the_ledger_still_gives_stock_back_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = overdue_order()
    placed_order(quantities={order.lines.get().variant: 2})
    read = unlocked(2)

    monkeypatch.setattr(cancellation, "lock_with_payments", read)
    monkeypatch.setattr(expiry, "lock_if_overdue", lambda order_id: read(order_id)[0])
    what_became_of_it(order)

    assert order.events.filter(kind__in=["canceled", "expired"]).count() == 1
    assert Stock.objects.get().allocated == 2


def test_expiry_passes_over_an_order_that_somebody_is_at_work_on() -> None:
    order = overdue_order()

    with transaction.atomic():
        Order.objects.lock(order.pk)
        assert race(1, lambda _: expire_unpaid_orders()) == [0]

    assert expire_unpaid_orders() == 1


def test_expiry_passes_over_an_order_whose_payment_is_being_decided() -> None:
    order = overdue_order()
    payment = Payment.objects.create(
        order=order, provider="sandbox", currency="USD", amount=order.total
    )

    with transaction.atomic():
        Payment.objects.lock(payment.pk)
        assert race(1, lambda _: expire_unpaid_orders()) == [0]

    assert expire_unpaid_orders() == 1


def begin_payment_just_before_the_lock(monkeypatch: pytest.MonkeyPatch, order: Order) -> None:
    lock = OrderQuerySet.lock

    def begin_payment(_: int) -> None:
        Payment.objects.create(order=order, provider="sandbox", currency="USD", amount=order.total)

    def begin_and_lock(orders: OrderQuerySet, order_id: int) -> Order:
        if not Payment.objects.exists():
            assert race(1, begin_payment) == [None]
        return lock(orders, order_id)

    monkeypatch.setattr(OrderQuerySet, "lock", begin_and_lock)


def test_a_payment_that_begins_between_the_locks_is_locked_before_the_order_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = placed_order()
    begin_payment_just_before_the_lock(monkeypatch, order)

    with transaction.atomic():
        locked, payments = lock_with_payments(order.pk)

    assert (locked, payments) == (order, [Payment.objects.get()])
