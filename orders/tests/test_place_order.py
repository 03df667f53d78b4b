from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from cart.models import Cart
from catalog.models import Price, Stock, StockMovement
from catalog.tests.factories import VariantFactory
from ecommerce_backend.common.models import Event
from orders.models import Order, OrderLine, ShippingRate, TaxRate
from orders.tests.checkout import assert_nothing_was_placed, place
from orders.tests.factories import (
    ADDRESS,
    TaxRateFactory,
    filled_cart,
    quote_token,
    standard_shipping,
)
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 14, 29, 41, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _shipping() -> None:
    standard_shipping()


@time_machine.travel(NOW, tick=False)
def test_a_guest_places_the_cart_as_it_was_quoted(api_client: APIClient) -> None:
    TaxRateFactory.create(country="GB", name="VAT", percent=Decimal("20"))
    mug = VariantFactory.create(
        sku="MUG", price="19.99", options={"Colour": "Blue"}, product__name="Mug"
    )
    pen = VariantFactory.create(sku="PEN", price="0.33", options={}, product__name="Pen")
    cart = filled_cart({mug: 2, pen: 3})

    response = place(api_client, quote_token(cart))

    assert response.status_code == 201
    document = response.json()
    order = Order.objects.get()
    assert document.pop("token") == response["X-Order-Token"]
    assert document == {
        "number": order.number,
        "status": "pending",
        "payment_status": "unpaid",
        "fulfillment_status": "unfulfilled",
        "email": "ada@shop.example",
        "currency": "USD",
        "lines": [
            {
                "sku": "MUG",
                "name": "Mug",
                "options": {"Colour": "Blue"},
                "quantity": 2,
                "quantity_fulfilled": 0,
                "unit_price": "19.99",
                "total": "39.98",
                "tax_total": "8.00",
            },
            {
                "sku": "PEN",
                "name": "Pen",
                "options": {},
                "quantity": 3,
                "quantity_fulfilled": 0,
                "unit_price": "0.33",
                "total": "0.99",
                "tax_total": "0.20",
            },
        ],
        "subtotal": "40.97",
        "discount_total": "0.00",
        "shipping_total": "5.00",
        "taxes": [{"name": "VAT", "rate": "20", "amount": "9.20"}],
        "tax_total": "9.20",
        "total": "55.17",
        "shipping_method_code": "standard",
        "shipping_method_name": "Standard",
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "payments": [],
        "shipments": [],
        "payment_due_at": "2026-11-22T14:44:41Z",
        "created_at": "2026-11-22T14:29:41Z",
    }


def test_placing_allocates_the_stock_empties_the_cart_and_tells_the_feed(
    api_client: APIClient,
) -> None:
    mug = VariantFactory.create(on_hand=5)
    cart = filled_cart({mug: 2})

    number = place(api_client, quote_token(cart)).json()["number"]

    stock = Stock.objects.get(pk=mug.pk)
    assert (stock.on_hand, stock.allocated) == (5, 2)
    movement = StockMovement.objects.latest("pk")
    assert (movement.kind, movement.allocated_change, movement.reference) == (
        StockMovement.Kind.ALLOCATION,
        2,
        number,
    )
    assert not cart.lines.exists()
    assert Cart.objects.get().version == cart.version + 1
    step = Order.objects.get(number=number).events.get()
    assert (step.kind, step.actor) == ("placed", None)
    event = Event.objects.get(type="order.placed")
    assert event.subject == f"order:{number}"
    assert event.payload == {"number": number, "currency": "USD", "total": "25.00"}


def test_a_customer_places_under_their_own_address_and_gets_no_token(
    api_client: APIClient,
) -> None:
    customer = UserFactory.create(email="grace@shop.example")
    cart = filled_cart({VariantFactory.create(): 1}, customer=customer)
    api_client.force_authenticate(customer)
    elsewhere = {**ADDRESS, "line1": "2 Billing Street", "country": "DE"}

    response = place(api_client, quote_token(cart), email=None, billing_address=elsewhere)

    assert response.status_code == 201
    assert (response.json()["email"], response.json()["billing_address"]) == (
        "grace@shop.example",
        elsewhere,
    )
    assert "token" not in response.json()
    assert "X-Order-Token" not in response
    order = Order.objects.get()
    assert order.customer == customer
    assert order.events.get().actor == customer


def test_a_free_order_is_paid_at_once(api_client: APIClient) -> None:
    ShippingRate.objects.update(amount=0)
    cart = filled_cart({VariantFactory.create(price="0.00"): 1})

    document = place(api_client, quote_token(cart)).json()

    assert (document["status"], document["payment_status"]) == ("confirmed", "paid")
    assert document["payment_due_at"] is None
    kinds = Order.objects.get().events.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["placed", "paid", "confirmed"]
    feed = Event.objects.filter(subject=f"order:{document['number']}").order_by("pk")
    assert list(feed.values_list("type", flat=True)) == [
        "order.placed",
        "order.paid",
        "order.confirmed",
    ]


def test_a_later_edit_of_the_product_does_not_rewrite_the_order(api_client: APIClient) -> None:
    mug = VariantFactory.create(product__name="Mug")
    number = place(api_client, quote_token(filled_cart({mug: 1}))).json()["number"]

    mug.product.name = "Cup"
    mug.product.save()
    Price.objects.update(amount=Decimal("99"))

    line = OrderLine.objects.get(order__number=number)
    assert (line.name, line.unit_price, line.total) == ("Mug", Decimal("10"), Decimal("10"))


def test_prices_and_states_in_the_body_are_not_believed(api_client: APIClient) -> None:
    quantities = {VariantFactory.create(): 1}
    cart = filled_cart(quantities)

    response = place(
        api_client,
        quote_token(cart),
        total="0.01",
        status="fulfilled",
        payment_status="paid",
        number="MINE",
    )

    assert response.status_code == 400
    assert {(fault["pointer"], fault["code"]) for fault in response.json()["errors"]} == {
        ("/total", "unknown_field"),
        ("/status", "unknown_field"),
        ("/payment_status", "unknown_field"),
        ("/number", "unknown_field"),
    }
    assert_nothing_was_placed(cart, quantities)


def test_placing_thirty_lines_takes_as_many_queries_as_one(api_client: APIClient) -> None:
    TaxRateFactory.create()
    cart = filled_cart({VariantFactory.create(): 1})
    quote = quote_token(cart)
    with CaptureQueriesContext(connection) as for_one:
        place(api_client, quote)
    filled_cart({VariantFactory.create(): 1 for _ in range(30)})
    quote = quote_token(cart)

    with CaptureQueriesContext(connection) as for_thirty:
        response = place(api_client, quote)

    assert len(response.json()["lines"]) == 30
    assert len(for_thirty) == len(for_one)


def test_a_rate_that_the_shop_dropped_takes_no_tax(api_client: APIClient) -> None:
    TaxRateFactory.create()
    TaxRate.objects.all().delete()

    document = place(api_client, quote_token(filled_cart({VariantFactory.create(): 1}))).json()

    assert (document["taxes"], document["tax_total"]) == ([], "0.00")
