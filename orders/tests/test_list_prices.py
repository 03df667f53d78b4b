"""Price lists at the checkout: what the quote said is charged, or nothing is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from rest_framework.test import APIClient

from cart.models import Cart
from catalog.models import PriceList, PriceListEntry, ProductVariant
from catalog.tests.factories import ListPriceFactory, PriceListFactory, VariantFactory
from orders.models import Order
from orders.services import placement
from orders.services.placement import QuoteChanged, place_order
from orders.tests.checkout import assert_nothing_was_placed, place
from orders.tests.factories import ADDRESS, filled_cart, quote_token, standard_shipping
from users.models import User
from users.tests.factories import CustomerGroupFactory, UserFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def mug() -> ProductVariant:
    standard_shipping()
    return VariantFactory.create(sku="MUG", price="10", on_hand=50)


def moved(response: Any) -> dict[str, tuple[str, str]]:
    assert response.status_code == 409, response.content
    assert response.json()["code"] == "quote_changed"
    return {
        fault["pointer"]: (fault["quoted"], fault["current"]) for fault in response.json()["errors"]
    }


@pytest.mark.parametrize(
    ("window", "prices"),
    [
        ({"starts_at": NOON}, ("10.00", "8.00")),
        ({"ends_at": NOON}, ("8.00", "10.00")),
    ],
)
def test_a_list_that_opens_or_closes_after_the_quote_changes_it(
    api_client: APIClient, mug: ProductVariant, window: Any, prices: tuple[str, str]
) -> None:
    ListPriceFactory.create(variant=mug, price_list=PriceListFactory.create(**window))
    cart = filled_cart({mug: 1})
    with time_machine.travel(NOON - MINUTE, tick=False):
        quote = quote_token(cart)

    with time_machine.travel(NOON, tick=False):
        response = place(api_client, quote)

        assert moved(response)["/lines/0/unit_price"] == prices
        assert_nothing_was_placed(cart, {mug: 1})
        # Asked again, the customer gets the order at the price of the day.
        assert place(api_client, quote_token(cart)).status_code == 201
    assert Order.objects.get().subtotal == Decimal(prices[1])


def test_until_the_last_instant_the_quote_holds(api_client: APIClient, mug: ProductVariant) -> None:
    ListPriceFactory.create(variant=mug, price_list=PriceListFactory.create(ends_at=NOON))
    cart = filled_cart({mug: 1})
    with time_machine.travel(NOON - MINUTE, tick=False):
        quote = quote_token(cart)

    with time_machine.travel(NOON - timedelta(microseconds=1), tick=False):
        assert place(api_client, quote).status_code == 201

    assert Order.objects.get().subtotal == Decimal(8)


def test_a_quantity_that_crosses_a_tier_changes_the_quote(
    api_client: APIClient, mug: ProductVariant
) -> None:
    ListPriceFactory.create(variant=mug, min_quantity=3)
    cart = filled_cart({mug: 2})
    quote = quote_token(cart)
    cart.lines.update(quantity=3)

    response = place(api_client, quote)

    assert moved(response)["/lines/0/unit_price"] == ("10.00", "8.00")
    assert_nothing_was_placed(cart, {mug: 3})


def test_who_leaves_a_group_does_not_get_its_price(mug: ProductVariant) -> None:
    member = UserFactory.create(email="trade@shop.example")
    group = CustomerGroupFactory.create(members=[member])
    ListPriceFactory.create(variant=mug, price_list__customer_group=group)
    cart = filled_cart({mug: 1}, customer=member)
    quote = quote_token(cart)
    group.members.clear()

    with pytest.raises(QuoteChanged):
        order_of(cart, quote, member)

    assert not Order.objects.exists()


def test_a_member_orders_at_their_price(mug: ProductVariant) -> None:
    member = UserFactory.create(email="trade@shop.example")
    group = CustomerGroupFactory.create(members=[member])
    ListPriceFactory.create(variant=mug, price_list__customer_group=group)
    cart = filled_cart({mug: 2}, customer=member)

    order = order_of(cart, quote_token(cart), member)

    assert [line.unit_price for line in order.lines.all()] == [Decimal(8)]
    assert order.subtotal == Decimal(16)


def order_of(cart: Cart, quote: str, customer: User | None = None) -> Order:
    return place_order(
        cart_id=cart.pk,
        customer=customer,
        email="ada@shop.example",
        shipping_address=ADDRESS,
        billing_address=ADDRESS,
        shipping_method="standard",
        quote=quote,
    )


def race_an_order_with_a_change(mug: ProductVariant) -> list[Any]:
    """Place orders at a quoted price while its entry is changed and the list is shut and opened."""
    entry = ListPriceFactory.create(variant=mug)
    carts = [filled_cart({mug: 1}, token=f"guest-{number}") for number in range(8)]
    quotes = [quote_token(cart) for cart in carts]

    def act(number: int) -> Any:
        if number < len(carts):
            return order_of(carts[number], quotes[number])
        for amount in ("7", "9", "6"):
            with transaction.atomic():
                PriceListEntry.objects.filter(pk=entry.pk).update(amount=Decimal(amount))
            PriceList.objects.filter(pk=entry.price_list_id).update(is_active=amount != "9")
        return None

    return race(len(carts) + 1, act)[:-1]


@pytest.mark.django_db(transaction=True)
def test_an_order_charges_what_its_quote_said_whatever_is_changed_meanwhile(
    mug: ProductVariant,
) -> None:
    outcomes = race_an_order_with_a_change(mug)

    placed = [one for one in outcomes if isinstance(one, Order)]
    assert {type(one) for one in outcomes} <= {Order, QuoteChanged}
    assert [order.subtotal for order in placed] == [Decimal(8)] * len(placed)
    assert Order.objects.count() == len(placed)


@pytest.mark.django_db(transaction=True)
def test_without_holding_to_the_quote_it_would_charge_something_else(
    monkeypatch: pytest.MonkeyPatch, mug: ProductVariant
) -> None:
    monkeypatch.setattr(placement, "_hold_to", lambda *_, **__: None)
    entry = ListPriceFactory.create(variant=mug)
    cart = filled_cart({mug: 1})
    quote = quote_token(cart)
    PriceListEntry.objects.filter(pk=entry.pk).update(amount=Decimal(9))

    assert order_of(cart, quote).subtotal == Decimal(9)
