from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.tests.factories import VariantFactory
from orders.models import Order
from orders.tests.checkout import URL, assert_nothing_was_placed, place
from orders.tests.factories import (
    ADDRESS,
    filled_cart,
    quote_token,
    standard_shipping,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shipping() -> None:
    standard_shipping()


def test_a_shortage_names_every_line_that_falls_short(api_client: APIClient) -> None:
    plenty = VariantFactory.create(sku="PLENTY")
    scarce = VariantFactory.create(sku="SCARCE", on_hand=1)
    none = VariantFactory.create(sku="NONE", on_hand=0)
    quantities = {plenty: 1, scarce: 2, none: 1}
    cart = filled_cart(quantities)

    response = place(api_client, quote_token(cart))

    assert (response.status_code, response.json()["code"]) == (409, "insufficient_stock")
    assert response.json()["errors"] == [
        {
            "pointer": "/lines/1/quantity",
            "code": "insufficient_stock",
            "detail": "1 of SCARCE can be had.",
            "available": 1,
        },
        {
            "pointer": "/lines/2/quantity",
            "code": "insufficient_stock",
            "detail": "0 of NONE can be had.",
            "available": 0,
        },
    ]
    assert_nothing_was_placed(cart, quantities)


def test_an_empty_cart_is_no_order(api_client: APIClient) -> None:
    cart = filled_cart({VariantFactory.create(): 1})
    quote = quote_token(cart)
    place(api_client, quote)

    again = place(api_client, quote)

    assert (again.status_code, again.json()["code"]) == (409, "cart_empty")
    assert Order.objects.count() == 1


def test_a_guest_without_a_cart_has_nothing_to_order(api_client: APIClient) -> None:
    cart = filled_cart({VariantFactory.create(): 1})
    body = {
        "email": "ada@shop.example",
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "quote": quote_token(cart),
    }

    unknown = api_client.post(
        URL, body, headers={"Idempotency-Key": "k", "X-Cart-Token": "unknown"}
    )
    without = api_client.post(URL, body, headers={"Idempotency-Key": "k"})

    assert (unknown.status_code, unknown.json()["code"]) == (409, "cart_empty")
    assert (without.status_code, without.json()["code"]) == (409, "cart_empty")
    assert not Order.objects.exists()


def test_an_order_needs_an_idempotency_key(api_client: APIClient) -> None:
    mug = VariantFactory.create()
    cart = filled_cart({mug: 1})
    body = {
        "email": "ada@shop.example",
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "quote": quote_token(cart),
    }

    response = api_client.post(URL, body, headers={"X-Cart-Token": "guest-token"})

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")
    assert_nothing_was_placed(cart, {mug: 1})


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"email": None}, "/email"),
        ({"email": "not an address"}, "/email"),
        ({"shipping_address": None}, "/shipping_address"),
        ({"shipping_address": {**ADDRESS, "country": "ZZ"}}, "/shipping_address/country"),
        ({"billing_address": {**ADDRESS, "city": ""}}, "/billing_address/city"),
        ({"shipping_method": None}, "/shipping_method"),
        ({"quote": ""}, "/quote"),
        ({"quote": "x" * 20_001}, "/quote"),
    ],
)
def test_a_form_that_is_not_filled_in_is_refused(
    api_client: APIClient, changes: dict[str, Any], pointer: str
) -> None:
    mug = VariantFactory.create()
    cart = filled_cart({mug: 1})

    response = place(api_client, **{"quote": quote_token(cart), **changes})

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert [fault["pointer"] for fault in response.json()["errors"]] == [pointer]
    assert_nothing_was_placed(cart, {mug: 1})
