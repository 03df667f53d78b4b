"""A guest at the checkout, with the cart of "guest-token"."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from rest_framework.test import APIClient

from cart.models import Cart
from catalog.models import ProductVariant, Stock
from ecommerce_backend.common.models import Event
from orders.models import Order
from orders.tests.factories import ADDRESS

URL = "/api/v1/orders/"


def place(client: APIClient, quote: str, **changes: Any) -> Any:
    """Place as a guest; a change to None leaves the field out."""
    key = changes.pop("key", None) or uuid4().hex
    body = {
        "email": "ada@shop.example",
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "quote": quote,
        **changes,
    }
    return client.post(
        URL,
        {name: value for name, value in body.items() if value is not None},
        headers={"Idempotency-Key": key, "X-Cart-Token": "guest-token"},
    )


def assert_nothing_was_placed(cart: Cart, quantities: Mapping[ProductVariant, int]) -> None:
    assert not Order.objects.exists()
    assert not Event.objects.filter(type="order.placed").exists()
    assert dict(cart.lines.values_list("variant", "quantity")) == {
        variant.pk: quantity for variant, quantity in quantities.items()
    }
    assert not Stock.objects.exclude(allocated=0).exists()
