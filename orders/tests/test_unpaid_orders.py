"""How much stock somebody can hold without paying."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine

from catalog.models import Stock
from catalog.tests.factories import VariantFactory
from orders.models import Order
from orders.services.cancellation import cancel_order
from orders.services.holds import TooManyUnpaidOrders, hold_back
from orders.services.payments import start_payment
from orders.services.placement import place_order
from orders.tests.factories import (
    ADDRESS,
    filled_cart,
    paid_order,
    placed_order,
    quote_token,
    standard_shipping,
)
from users.models import User
from users.tests.factories import UserFactory
from users.tests.races import race

NOW = datetime(2026, 11, 22, 14, 29, 41, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("is_guest", [True, False])
def test_who_has_five_unpaid_orders_pays_or_cancels_one_first(is_guest: bool) -> None:  # noqa: FBT001
    customer = None if is_guest else UserFactory.create()
    orders = [placed_order(customer=customer) for _ in range(5)]

    with pytest.raises(TooManyUnpaidOrders) as refusal:
        placed_order(customer=customer, email="GUEST@shop.example")

    assert (refusal.value.code, refusal.value.http_status) == ("too_many_unpaid_orders", 409)
    assert refusal.value.extra == {"limit": 5}
    assert Order.objects.count() == 5
    assert Stock.objects.filter(allocated__gt=0).count() == 5
    cancel_order(order=orders[0], actor=customer)
    assert Order.objects.unpaid_of(customer, email="guest@shop.example").count() == 4


@pytest.mark.django_db
def test_paid_orders_and_those_of_others_do_not_count() -> None:
    customer: User = UserFactory.create()
    for _ in range(5):
        paid_order(customer=customer)
        placed_order(email=customer.email)

    assert placed_order(customer=customer).status == Order.Status.PENDING
    assert placed_order(email="someone@shop.example").status == Order.Status.PENDING


CLIENTS = 8


def race_of_one_guest() -> Counter[str]:
    """Let one guest place eight orders at once, each from a cart of its own."""
    standard_shipping()
    carts = [
        filled_cart({VariantFactory.create(): 1}, token=f"guest-{number}")
        for number in range(CLIENTS)
    ]
    quotes = [quote_token(cart) for cart in carts]

    def place(number: int) -> Order:
        return place_order(
            cart_id=carts[number].pk,
            customer=None,
            email="guest@shop.example",
            shipping_address=ADDRESS,
            billing_address=ADDRESS,
            shipping_method="standard",
            quote=quotes[number],
        )

    return Counter(type(outcome).__name__ for outcome in race(CLIENTS, place))


@pytest.mark.django_db(transaction=True)
def test_of_eight_orders_at_once_five_are_placed() -> None:
    assert race_of_one_guest() == {"Order": 5, "TooManyUnpaidOrders": 3}
    assert Order.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_all_eight_would_be_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    all_have_counted = Barrier(CLIENTS, timeout=10)

    def count_together(**who: Any) -> None:
        hold_back(**who)
        all_have_counted.wait()

    monkeypatch.setattr("orders.services.holds._wait_for_others", lambda _: None)
    monkeypatch.setattr("orders.services.placement.hold_back", count_together)

    assert race_of_one_guest() == {"Order": CLIENTS}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_queue")
def test_changing_the_way_of_paying_does_not_hold_the_stock_for_ever() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        order = placed_order()
        for day in range(7):
            clock.move_to(NOW + timedelta(days=day))
            for provider in ("manual", "sandbox"):
                start_payment(order=order, provider=provider)

        order.refresh_from_db()
        assert order.payment_due_at == NOW + timedelta(days=7)
