from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from cart.models import Cart
from catalog.models import Price, Product, ProductVariant
from catalog.tests.factories import VariantFactory
from orders.models import Order
from orders.tests.factories import (
    ADDRESS,
    ShippingRateFactory,
    TaxRateFactory,
    filled_cart,
    standard_shipping,
)
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/checkout/quote/"
NOW = datetime(2026, 11, 22, 14, 29, 41, 500_000, tzinfo=UTC)


def ask(client: APIClient, *, query: str = "", **body: Any) -> Any:
    return client.post(
        f"{URL}{query}",
        {"shipping_address": ADDRESS, **body},
        headers={"X-Cart-Token": "guest-token"},
    )


@time_machine.travel(NOW, tick=False)
def test_a_guest_sees_every_amount_of_the_order_before_placing_it(api_client: APIClient) -> None:
    standard_shipping()
    TaxRateFactory.create(country="GB", name="VAT", percent=Decimal("20"))
    mug = VariantFactory.create(
        sku="MUG", price="19.99", options={"Colour": "Blue"}, product__name="Mug"
    )
    pen = VariantFactory.create(sku="PEN", price="0.33", options={}, product__name="Pen")
    filled_cart({mug: 2, pen: 3})

    response = ask(api_client)

    assert response.status_code == 200
    document = response.json()
    assert len(document.pop("quote")) > 40
    assert document == {
        "currency": "USD",
        "shipping_method": "standard",
        "shipping_methods": [
            {"code": "standard", "name": "Standard", "amount": "5.00", "currency": "USD"}
        ],
        "lines": [
            {
                "sku": "MUG",
                "name": "Mug",
                "options": {"Colour": "Blue"},
                "quantity": 2,
                "unit_price": "19.99",
                "total": "39.98",
                "tax_total": "8.00",
            },
            {
                "sku": "PEN",
                "name": "Pen",
                "options": {},
                "quantity": 3,
                "unit_price": "0.33",
                "total": "0.99",
                "tax_total": "0.20",
            },
        ],
        "subtotal": "40.97",
        "discount_total": "0.00",
        "shipping_total": "5.00",
        "taxes": [{"name": "VAT", "rate": "20", "amount": "9.20", "shipping_amount": "1.00"}],
        "tax_total": "9.20",
        "total": "55.17",
        "expires_at": "2026-11-22T14:59:41Z",
    }


def test_a_customer_is_quoted_their_own_cart(api_client: APIClient) -> None:
    standard_shipping()
    customer = UserFactory.create()
    filled_cart({VariantFactory.create(): 1}, customer=customer)
    filled_cart({VariantFactory.create(): 5})
    api_client.force_authenticate(customer)

    assert ask(api_client).json()["subtotal"] == "10.00"


def test_the_cheapest_shipping_is_quoted_where_none_is_asked_for(api_client: APIClient) -> None:
    ShippingRateFactory.create(method__code="express", method__position=0, amount=Decimal("15"))
    ShippingRateFactory.create(method__code="post", method__position=1, amount=Decimal("4"))
    filled_cart({VariantFactory.create(): 1})

    cheapest = ask(api_client).json()
    chosen = ask(api_client, shipping_method="express").json()

    assert (cheapest["shipping_method"], cheapest["total"]) == ("post", "14.00")
    assert (chosen["shipping_method"], chosen["total"]) == ("express", "25.00")
    assert [offer["code"] for offer in chosen["shipping_methods"]] == ["express", "post"]


def test_no_tax_is_taken_where_the_shop_knows_of_none(api_client: APIClient) -> None:
    standard_shipping()
    TaxRateFactory.create(country="DE")
    filled_cart({VariantFactory.create(): 1})

    document = ask(api_client).json()

    assert (document["taxes"], document["tax_total"]) == ([], "0.00")


@pytest.mark.parametrize(
    ("currency", "price", "expected"),
    [("JPY", "333", ("999", "67", "1066")), ("KWD", "0.333", ("0.999", "0.067", "1.066"))],
)
def test_amounts_have_the_decimals_of_their_currency(
    api_client: APIClient, currency: str, price: str, expected: tuple[str, str, str]
) -> None:
    ShippingRateFactory.create(currency=currency, amount=Decimal("0"))
    TaxRateFactory.create(percent=Decimal("6.7"))
    filled_cart({VariantFactory.create(price=price, currency=currency): 3}, currency=currency)

    document = ask(api_client).json()

    assert (document["subtotal"], document["tax_total"], document["total"]) == expected


def test_the_calculation_is_explained_when_asked_for(api_client: APIClient) -> None:
    standard_shipping()
    TaxRateFactory.create(percent=Decimal("7.25"))
    filled_cart({VariantFactory.create(sku="PEN", price="0.33"): 3})

    explanation = ask(api_client, query="?explain=1").json()["explanation"]

    assert explanation == [
        {"step": "line", "detail": "PEN: 3 × 0.33", "amount": "0.99"},
        {"step": "subtotal", "detail": "All lines.", "amount": "0.99"},
        {"step": "shipping", "detail": "Standard to GB", "amount": "5.00"},
        {
            "step": "line_tax",
            "detail": "VAT 7.25 % of PEN, rounded half-up to 0.01 USD",
            "amount": "0.07",
        },
        {
            "step": "shipping_tax",
            "detail": "VAT 7.25 % of shipping, rounded half-up to 0.01 USD",
            "amount": "0.36",
        },
        {"step": "tax", "detail": "All taxes.", "amount": "0.43"},
        {"step": "total", "detail": "Subtotal, shipping and tax.", "amount": "6.42"},
    ]


def test_an_empty_cart_and_no_cart_are_not_quoted(api_client: APIClient) -> None:
    standard_shipping()
    missing = ask(api_client)
    filled_cart({})
    empty = ask(api_client)

    for response in (missing, empty):
        assert (response.status_code, response.json()["code"]) == (409, "cart_empty")


def withdraw_product(variant: ProductVariant) -> None:
    Product.objects.update(status=Product.Status.ARCHIVED)


def withdraw_variant(variant: ProductVariant) -> None:
    ProductVariant.objects.update(is_active=False)


def withdraw_price(variant: ProductVariant) -> None:
    Price.objects.all().delete()


@pytest.mark.parametrize("withdraw", [withdraw_product, withdraw_variant, withdraw_price])
def test_what_is_not_for_sale_any_more_is_pointed_at(api_client: APIClient, withdraw: Any) -> None:
    standard_shipping()
    gone = VariantFactory.create(sku="GONE")
    filled_cart({gone: 1})
    withdraw(gone)
    cart = filled_cart({VariantFactory.create(): 1})

    response = ask(api_client)

    assert (response.status_code, response.json()["code"]) == (409, "items_unavailable")
    assert response.json()["errors"] == [
        {"pointer": "/lines/0", "code": "unavailable", "detail": "GONE is not for sale."}
    ]
    assert cart.lines.count() == 2


def test_nowhere_to_ship_is_said_of_the_country(api_client: APIClient) -> None:
    ShippingRateFactory.create(country="DE")
    ShippingRateFactory.create(currency="EUR")
    ShippingRateFactory.create(method__is_active=False)
    filled_cart({VariantFactory.create(): 1})

    response = ask(api_client)

    assert (response.status_code, response.json()["code"]) == (409, "shipping_unavailable")
    assert response.json()["errors"][0]["pointer"] == "/shipping_address/country"


def test_an_unknown_method_is_answered_with_the_known_ones(api_client: APIClient) -> None:
    standard_shipping()
    filled_cart({VariantFactory.create(): 1})

    response = ask(api_client, shipping_method="teleport")

    assert (response.status_code, response.json()["code"]) == (409, "shipping_unavailable")
    assert response.json()["errors"] == [
        {
            "pointer": "/shipping_method",
            "code": "shipping_unavailable",
            "detail": "Choose one of standard.",
        }
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"country": "XX"}, "/shipping_address/country"),
        ({"country": "gb"}, "/shipping_address/country"),
        ({"country": 7}, "/shipping_address/country"),
        ({"full_name": ""}, "/shipping_address/full_name"),
        ({"line1": "x" * 201}, "/shipping_address/line1"),
        ({"city": "nul\0"}, "/shipping_address/city"),
        ({"phone": None}, "/shipping_address/phone"),
    ],
)
def test_an_address_that_nobody_could_deliver_to_is_refused(
    api_client: APIClient, change: dict[str, Any], pointer: str
) -> None:
    response = ask(api_client, shipping_address={**ADDRESS, **change})

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert [fault["pointer"] for fault in response.json()["errors"]] == [pointer]


def test_a_quote_takes_as_many_queries_for_thirty_lines_as_for_one(api_client: APIClient) -> None:
    standard_shipping()
    cart = filled_cart({VariantFactory.create(): 1})
    with CaptureQueriesContext(connection) as for_one:
        ask(api_client)
    filled_cart({VariantFactory.create(): 1 for _ in range(29)})

    with CaptureQueriesContext(connection) as for_thirty:
        ask(api_client)

    assert cart.lines.count() == 30
    assert len(for_thirty) == len(for_one) == 6


def test_a_quote_changes_nothing(api_client: APIClient) -> None:
    standard_shipping()
    cart = filled_cart({VariantFactory.create(): 1})

    ask(api_client)

    assert not Order.objects.exists()
    assert Cart.objects.get().version == cart.version
    assert cart.lines.count() == 1


def test_the_longest_quote_fits_into_an_order(api_client: APIClient) -> None:
    standard_shipping()
    TaxRateFactory.create()
    filled_cart({VariantFactory.create(sku=f"{n:064}", price="999.99"): 999 for n in range(100)})

    assert len(ask(api_client).json()["quote"]) < 20_000


def test_the_dearest_cart_there_can_be_is_quoted(api_client: APIClient) -> None:
    ShippingRateFactory.create(amount=Decimal("999999999.99"))
    TaxRateFactory.create(percent=Decimal("100"))
    filled_cart({VariantFactory.create(price="999999999.99"): 999 for _ in range(100)})

    document = ask(api_client).json()

    assert document["total"] == "199801999998001.98"
    assert timedelta(minutes=29) < datetime.fromisoformat(document["expires_at"]) - datetime.now(
        UTC
    )
