"""Orders over two warehouses, and of what has not arrived yet."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cart.services import lines as cart_lines
from catalog.invariants import INVARIANTS as OF_CATALOG
from catalog.models import ProductVariant, Stock, StockMovement, Warehouse
from catalog.services import stock
from catalog.tests.factories import VariantFactory, WarehouseFactory
from orders.invariants import INVARIANTS as OF_ORDERS
from orders.models import Order
from orders.services.cancellation import cancel_order
from orders.services.expiry import expire_unpaid_orders
from orders.services.fulfillment import OverShipment, ship_order
from orders.services.placement import place_order
from orders.tests.factories import (
    ADDRESS,
    filled_cart,
    paid_order,
    placed_order,
    quote_token,
    standard_shipping,
)
from users.tests.factories import UserFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> ProductVariant:
    """Two in the main warehouse and three in the depot."""
    variant = VariantFactory.create(sku="MUG", on_hand=2)
    depot = WarehouseFactory.create(code="depot")
    stock.receive({variant.pk: 3}, reference="factory", warehouse=depot)
    return variant


def levels() -> dict[str, tuple[int, int]]:
    """Return on hand and allocated by warehouse, after checking every rule of the shop."""
    invariants = [*OF_CATALOG, *OF_ORDERS]
    assert [invariant.breaches() for invariant in invariants] == [[]] * len(invariants)
    rows = Stock.objects.get(variant__sku="MUG").levels.select_related("warehouse")
    return {row.warehouse.code: (row.on_hand, row.allocated) for row in rows}


def let_time_pass(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(payment_due_at=timezone.now() - timedelta(seconds=1))


def test_a_canceled_order_gives_back_where_it_took(mug: ProductVariant) -> None:
    order = placed_order(quantities={mug: 4})
    assert levels() == {"main": (2, 2), "depot": (3, 2)}

    cancel_order(order=order, actor=None)

    assert levels() == {"main": (2, 0), "depot": (3, 0)}


def test_an_unpaid_order_gives_back_with_the_first_run_after_its_time(mug: ProductVariant) -> None:
    order, other = placed_order(quantities={mug: 4}), placed_order(quantities={mug: 1})
    assert expire_unpaid_orders() == 0
    assert levels() == {"main": (2, 2), "depot": (3, 3)}

    let_time_pass(order)

    assert (expire_unpaid_orders(), expire_unpaid_orders()) == (1, 0)
    assert levels() == {"main": (2, 0), "depot": (3, 1)}
    other.refresh_from_db()
    assert other.status == Order.Status.PENDING


def test_a_run_that_dies_halfway_gives_back_nothing_and_the_next_gives_all(
    mug: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed_order(quantities={mug: 4})
    let_time_pass(order)

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("orders.services.expiry.payments.cancel_open_payments", die)
        with pytest.raises(KeyboardInterrupt):
            expire_unpaid_orders()
    assert levels() == {"main": (2, 2), "depot": (3, 2)}

    assert expire_unpaid_orders() == 1
    assert levels() == {"main": (2, 0), "depot": (3, 0)}


def test_a_checkout_that_dies_after_the_promise_holds_nothing(
    mug: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard_shipping()
    cart = filled_cart({mug: 4}, token="guest")
    quote = quote_token(cart)

    def die(*, cart: Any) -> None:
        assert Stock.objects.get().allocated == 4
        raise KeyboardInterrupt

    monkeypatch.setattr(cart_lines, "empty", die)
    with pytest.raises(KeyboardInterrupt):
        place_order(
            cart_id=cart.pk,
            customer=None,
            email="ada@shop.example",
            shipping_address=ADDRESS,
            billing_address=ADDRESS,
            shipping_method="standard",
            quote=quote,
        )

    assert not Order.objects.exists()
    assert not StockMovement.objects.filter(kind="allocation").exists()
    assert levels() == {"main": (2, 0), "depot": (3, 0)}


def test_parcels_leave_from_where_the_units_are_promised(mug: ProductVariant) -> None:
    order = paid_order(quantities={mug: 4})

    ship_order(order=order, actor=None, lines={"MUG": 3})
    assert levels() == {"main": (0, 0), "depot": (2, 1)}
    ship_order(order=order, actor=None)

    assert levels() == {"main": (0, 0), "depot": (1, 0)}


def test_what_was_sold_ahead_waits_for_its_delivery(mug: ProductVariant) -> None:
    stock.set_terms(
        variant=mug,
        policy=Stock.Policy.BACKORDER,
        backorder_limit=5,
        expected_on=None,
        low_stock_threshold=None,
        actor=UserFactory.create(),
    )
    pen = VariantFactory.create(sku="PEN")
    order = paid_order(quantities={pen: 1, mug: 8})
    assert levels() == {"main": (2, 5), "depot": (3, 3)}

    with pytest.raises(OverShipment) as refusal:
        ship_order(order=order, actor=None)
    assert [(fault["pointer"], fault["available"]) for fault in refusal.value.faults] == [
        ("/lines/1/quantity", 5)
    ]
    assert not order.shipments.exists()
    ship_order(order=order, actor=None, lines={"PEN": 1, "MUG": 5})
    stock.receive({mug.pk: 3}, reference="delivery")
    ship_order(order=order, actor=None)

    assert levels() == {"main": (0, 0), "depot": (0, 0)}
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED


@pytest.mark.django_db(transaction=True)
def test_orders_and_edits_of_many_lines_at_once_all_end_well() -> None:
    """Every client gets an order or a refusal with a code, and none the news of a deadlock."""
    standard_shipping()
    depot, keeper = WarehouseFactory.create(code="depot"), UserFactory.create()
    mugs = [VariantFactory.create(sku=f"MUG-{n}", on_hand=6) for n in range(4)]
    stock.receive({mug.pk: 6 for mug in mugs}, reference="factory", warehouse=depot)
    main = Warehouse.objects.default()
    carts = [
        filled_cart(dict.fromkeys(mugs if n % 2 else mugs[::-1], 2), token=f"guest-{n}")
        for n in range(10)
    ]
    quotes = [quote_token(cart) for cart in carts]

    def client(number: int) -> str:
        if number == 10:
            stock.transfer(
                {mug.pk: 1 for mug in mugs}, source=depot, target=main, reason="Near", actor=keeper
            )
            return "moved"
        if number == 11:
            for mug in mugs:
                stock.adjust(variant=mug, change=1, reason="Found", actor=keeper)
            return "found"
        try:
            place_order(
                cart_id=carts[number].pk,
                customer=None,
                email=f"{number}@shop.example",
                shipping_address=ADDRESS,
                billing_address=ADDRESS,
                shipping_method="standard",
                quote=quotes[number],
            )
        except stock.InsufficientStock as shortage:
            return shortage.code
        return "placed"

    outcomes = race(12, client)

    assert sorted(outcomes) == ["found", *["insufficient_stock"] * 4, "moved", *["placed"] * 6]
    invariants = [*OF_CATALOG, *OF_ORDERS]
    assert [invariant.breaches() for invariant in invariants] == [[]] * len(invariants)
    assert set(Stock.objects.values_list("on_hand", "allocated")) == {(13, 12)}
