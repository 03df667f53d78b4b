import pytest
from django.db import connection
from rest_framework.test import APIClient

from catalog.tests.factories import VariantFactory
from orders.models import Order
from orders.tests.checkout import place
from orders.tests.factories import (
    filled_cart,
    quote_token,
    standard_shipping,
)
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shipping() -> None:
    standard_shipping()


def test_a_repeat_gets_the_first_answer_and_the_token_again(api_client: APIClient) -> None:
    cart = filled_cart({VariantFactory.create(): 1})
    quote = quote_token(cart)

    first = place(api_client, quote, key="one")
    repeat = place(api_client, quote, key="one")

    assert (first.status_code, repeat.status_code) == (201, 201)
    assert repeat.json() == first.json()
    assert repeat["X-Order-Token"] == first["X-Order-Token"]
    assert "Idempotent-Replayed" not in first
    assert repeat["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 1


def test_the_token_of_a_guests_order_is_stored_nowhere(api_client: APIClient) -> None:
    cart = filled_cart({VariantFactory.create(): 1})

    token = place(api_client, quote_token(cart)).json()["token"]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(r::text, '') FROM common_idempotencyrecord r)"
            " || (SELECT string_agg(o::text, '') FROM orders_order o)"
        )
        (everything,) = cursor.fetchone()
    assert "ada@shop.example" in everything
    assert token not in everything


def test_a_key_is_good_for_one_order_of_one_guest(api_client: APIClient) -> None:
    cart = filled_cart({VariantFactory.create(): 1})
    quote = quote_token(cart)
    place(api_client, quote, key="one")

    other_body = place(api_client, quote, key="one", email="eve@shop.example")
    api_client.force_authenticate(UserFactory.create())
    other_caller = place(api_client, quote, key="one")

    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_key_reused")
    assert (other_caller.status_code, other_caller.json()["code"]) == (409, "cart_empty")
    assert Order.objects.count() == 1
