"""How often somebody may place orders and try to pay."""

from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from catalog.tests.factories import VariantFactory
from ecommerce_backend.env_limits import Rate
from orders.models import Order
from orders.tests.checkout import place
from orders.tests.factories import filled_cart, placed_order, quote_token, standard_shipping
from orders.tests.staff import client_of
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def pay(client: APIClient, order: Order, **options: Any) -> Any:
    url = f"/api/v1/orders/{order.number}/payments/"
    return client.post(
        url, {"provider": "manual"}, headers={"Idempotency-Key": uuid4().hex}, **options
    )


@pytest.fixture
def quote() -> str:
    standard_shipping()
    return quote_token(filled_cart({VariantFactory.create(): 1}))


def test_orders_are_counted_by_the_address(
    settings: Settings, api_client: APIClient, quote: str
) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"checkout-address": Rate(1, 600)}

    first, second = place(api_client, quote), place(api_client, quote)

    assert (first.status_code, second.status_code) == (201, 429)
    assert '"checkout-address";q=1;w=600' in first["RateLimit-Policy"]
    assert second.json()["violated-policies"] == ["checkout-address"]
    assert Order.objects.count() == 1


@pytest.mark.usefixtures("empty_queue")
def test_payments_are_counted_by_the_customer_wherever_he_is(settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"checkout-user": Rate(1, 600)}
    customer = UserFactory.create()
    order = placed_order(customer=customer)

    answers = [
        pay(client_of(customer), order, REMOTE_ADDR=f"198.51.100.{number}") for number in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 429]
    assert answers[1].json()["violated-policies"] == ["checkout-user"]


def test_without_redis_nothing_is_ordered_and_the_shop_can_still_be_looked_at(
    settings: Settings, api_client: APIClient, quote: str
) -> None:
    settings.REDIS_STATE_URL = "redis://127.0.0.1:1/0"

    response = place(api_client, quote)

    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response["Retry-After"] == "2"
    assert not Order.objects.exists()
    assert api_client.get("/api/v1/cart/").status_code == 200


def test_an_order_too_many_is_a_conflict(api_client: APIClient, quote: str) -> None:
    for _ in range(5):
        placed_order(email="ada@shop.example", quantities={VariantFactory.create(): 1})
        filled_cart({VariantFactory.create(): 1})

    response = place(api_client, quote)

    assert (response.status_code, response.json()["code"]) == (409, "too_many_unpaid_orders")
    assert response.json()["limit"] == 5
    assert Order.objects.count() == 5
