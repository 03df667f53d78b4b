from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import signing
from rest_framework.test import APIClient

from cart.models import Cart
from catalog.models import Price
from catalog.tests.factories import VariantFactory
from orders.models import Order, ShippingRate
from orders.tests.checkout import assert_nothing_was_placed, place
from orders.tests.factories import (
    ADDRESS,
    ShippingRateFactory,
    TaxRateFactory,
    filled_cart,
    quote_token,
    standard_shipping,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 14, 29, 41, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _shipping() -> None:
    standard_shipping()


def dearer_goods(cart: Cart) -> None:
    Price.objects.update(amount=Decimal("12.50"))


def dearer_shipping(cart: Cart) -> None:
    ShippingRate.objects.update(amount=Decimal("6"))


def new_tax(cart: Cart) -> None:
    TaxRateFactory.create(percent=Decimal("10"))


def more_units(cart: Cart) -> None:
    cart.lines.update(quantity=2)


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        (
            dearer_goods,
            {
                "/lines/0/unit_price": ("10.00", "12.50"),
                "/subtotal": ("10.00", "12.50"),
                "/total": ("15.00", "17.50"),
            },
        ),
        (dearer_shipping, {"/shipping_total": ("5.00", "6.00"), "/total": ("15.00", "16.00")}),
        (
            new_tax,
            {
                "/lines/0/tax_total": ("0.00", "1.00"),
                "/tax_total": ("0.00", "1.50"),
                "/total": ("15.00", "16.50"),
            },
        ),
        (
            more_units,
            {
                "/lines/0/quantity": ("1", "2"),
                "/subtotal": ("10.00", "20.00"),
                "/total": ("15.00", "25.00"),
            },
        ),
    ],
)
def test_what_moved_since_the_quote_is_named_and_nothing_is_placed(
    api_client: APIClient, change: Any, moved: dict[str, tuple[str, str]]
) -> None:
    mug = VariantFactory.create()
    cart = filled_cart({mug: 1})
    quote = quote_token(cart)
    change(cart)

    response = place(api_client, quote)

    assert (response.status_code, response.json()["code"]) == (409, "quote_changed")
    faults = response.json()["errors"]
    assert {fault["pointer"]: (fault["quoted"], fault["current"]) for fault in faults} == moved
    assert_nothing_was_placed(cart, {mug: 2 if change is more_units else 1})


def test_a_line_that_came_or_went_since_the_quote_is_named(api_client: APIClient) -> None:
    first, second = VariantFactory.create(sku="FIRST"), VariantFactory.create(sku="SECOND")
    cart = filled_cart({first: 1, second: 1})
    with_both = quote_token(cart)
    cart.lines.filter(variant=second).delete()
    with_one = quote_token(cart)

    gone = place(api_client, with_both).json()["errors"]
    filled_cart({second: 1})
    came = place(api_client, with_one).json()["errors"]

    assert {"pointer": "/lines/1/sku", "quoted": "SECOND", "current": ""}.items() <= next(
        fault.items() for fault in gone if fault["pointer"] == "/lines/1/sku"
    )
    assert {"pointer": "/lines/1/sku", "quoted": "", "current": "SECOND"}.items() <= next(
        fault.items() for fault in came if fault["pointer"] == "/lines/1/sku"
    )
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"shipping_address": {**ADDRESS, "country": "DE"}}, "/shipping_address/country"),
        ({"shipping_method": "express"}, "/shipping_method"),
    ],
)
def test_a_quote_holds_for_its_own_country_and_method_only(
    api_client: APIClient, changes: dict[str, Any], pointer: str
) -> None:
    ShippingRateFactory.create(method__code="express", amount=Decimal("5"))
    mug = VariantFactory.create()
    cart = filled_cart({mug: 1})

    response = place(api_client, quote_token(cart, method="standard"), **changes)

    assert (response.status_code, response.json()["code"]) == (409, "quote_changed")
    assert [fault["pointer"] for fault in response.json()["errors"]] == [pointer]
    assert_nothing_was_placed(cart, {mug: 1})


def test_a_quote_runs_out(api_client: APIClient) -> None:
    mug = VariantFactory.create()
    cart = filled_cart({mug: 1})
    with time_machine.travel(NOW, tick=False):
        quote = quote_token(cart)

    with time_machine.travel(NOW + timedelta(minutes=30), tick=False):
        last_moment = place(api_client, quote, shipping_method="unknown")
    with time_machine.travel(NOW + timedelta(minutes=30, seconds=1), tick=False):
        too_late = place(api_client, quote)

    assert last_moment.json()["code"] == "shipping_unavailable"
    assert (too_late.status_code, too_late.json()["code"]) == (409, "quote_expired")
    assert_nothing_was_placed(cart, {mug: 1})


def anothers_quote(quote: str) -> str:
    return quote_token(filled_cart({VariantFactory.create(): 1}, token="another"))


def altered_quote(quote: str) -> str:
    return quote[:-1] + ("A" if quote[-1] != "A" else "B")


def quote_of_other_make(quote: str) -> str:
    return signing.dumps({"cart": 1, "figures": {}}, salt="something.else")


def nonsense(quote: str) -> str:
    return "ナンセンス"


@pytest.mark.parametrize("forge", [anothers_quote, altered_quote, quote_of_other_make, nonsense])
def test_a_quote_that_the_shop_did_not_make_for_this_cart_is_refused(
    api_client: APIClient, forge: Any
) -> None:
    mug = VariantFactory.create()
    cart = filled_cart({mug: 1})

    response = place(api_client, forge(quote_token(cart)))

    assert (response.status_code, response.json()["code"]) == (400, "quote_invalid")
    assert [fault["pointer"] for fault in response.json()["errors"]] == ["/quote"]
    assert_nothing_was_placed(cart, {mug: 1})
