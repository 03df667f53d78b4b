from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from cart.models import Cart, CartLine
from cart.tests.conftest import GUEST_TOKEN
from cart.tests.factories import CartFactory, CartLineFactory, GuestCartFactory
from catalog.models import Price, Product
from catalog.tests.factories import VariantFactory
from users.models import User

pytestmark = pytest.mark.django_db
URL = "/api/v1/cart/"


def line_url(sku: str) -> str:
    return f"{URL}lines/{quote(sku, safe='')}/"


def test_a_line_is_set_and_a_repeat_does_no_harm(
    customer_client: APIClient, customer: User
) -> None:
    line = CartLineFactory.create(cart__customer=customer, quantity=5)

    customer_client.put(line_url(line.variant.sku), {"quantity": 2})
    response = customer_client.put(line_url(line.variant.sku), {"quantity": 2})

    assert response.status_code == 200
    assert response.data["lines"][0]["quantity"] == 2
    assert response["ETag"] == '"3"'
    line.refresh_from_db()
    assert line.quantity == 2


def test_setting_a_line_sees_the_new_price(customer_client: APIClient, customer: User) -> None:
    line = CartLineFactory.create(cart__customer=customer)
    Price.objects.update(amount=Decimal("11"))

    response = customer_client.put(line_url(line.variant.sku), {"quantity": 2})

    assert response.data["lines"][0]["warnings"] == []


def test_a_line_that_is_not_for_sale_any_more_can_be_set_and_removed(
    customer_client: APIClient, customer: User
) -> None:
    line = CartLineFactory.create(cart__customer=customer)
    Product.objects.update(status=Product.Status.ARCHIVED)
    Price.objects.all().delete()

    changed = customer_client.put(line_url(line.variant.sku), {"quantity": 2})
    removed = customer_client.delete(line_url(line.variant.sku))

    assert changed.data["lines"][0]["warnings"] == ["unavailable"]
    assert removed.status_code == 204
    assert not CartLine.objects.exists()


@pytest.mark.parametrize("sku", ["A/B", "a b", "Ü-1", "50%", "..", "x?y#z", "+", "new\nline"])
def test_a_sku_may_hold_odd_characters(guest_client: APIClient, sku: str) -> None:
    CartLineFactory.create(
        cart=GuestCartFactory.create(token=GUEST_TOKEN), variant=VariantFactory.create(sku=sku)
    )

    response = guest_client.put(line_url(sku), {"quantity": 2})

    assert response.status_code == 200
    assert response.data["lines"][0] | {"quantity": 2} == response.data["lines"][0]
    assert guest_client.delete(line_url(sku)).status_code == 204


@pytest.mark.parametrize("sku", ["NOTHING", "%00", "x" * 300, "%FF"])
def test_what_is_not_in_the_cart_is_not_found(
    customer_client: APIClient, customer: User, sku: str
) -> None:
    cart = CartFactory.create(customer=customer)

    assert customer_client.put(f"{URL}lines/{sku}/", {"quantity": 2}).status_code == 404
    assert customer_client.delete(f"{URL}lines/{sku}/").status_code == 404
    cart.refresh_from_db()
    assert cart.version == 1


def test_a_guest_without_a_cart_has_no_lines_and_gets_no_cart(api_client: APIClient) -> None:
    sku = VariantFactory.create().sku

    response = api_client.put(line_url(sku), {"quantity": 2})

    assert response.status_code == 404
    assert response.data["code"] == "line_not_found"
    assert api_client.delete(line_url(sku)).status_code == 404
    assert not Cart.objects.exists()


def test_somebody_elses_line_is_not_found(customer_client: APIClient) -> None:
    line = CartLineFactory.create(quantity=5)

    response = customer_client.put(line_url(line.variant.sku), {"quantity": 2})

    assert response.status_code == 404
    line.refresh_from_db()
    assert line.quantity == 5


@pytest.mark.parametrize("quantity", [0, 1000, 1.5, True, "５", None])
def test_a_quantity_is_a_whole_number_from_1_to_999(
    customer_client: APIClient, customer: User, quantity: Any
) -> None:
    line = CartLineFactory.create(cart__customer=customer, quantity=5)

    response = customer_client.put(line_url(line.variant.sku), {"quantity": quantity})

    assert response.status_code == 400
    line.refresh_from_db()
    assert line.quantity == 5


def test_removing_a_line_leaves_the_others(customer_client: APIClient, customer: User) -> None:
    cart = CartFactory.create(customer=customer)
    line, other = CartLineFactory.create(cart=cart), CartLineFactory.create(cart=cart)

    response = customer_client.delete(line_url(line.variant.sku))

    assert response.status_code == 204
    assert response["ETag"] == '"2"'
    assert list(cart.lines.all()) == [other]


def test_emptying_a_cart_leaves_other_carts(customer_client: APIClient, customer: User) -> None:
    CartLineFactory.create(cart__customer=customer)
    other = CartLineFactory.create()

    response = customer_client.delete(URL)

    assert response.status_code == 204
    assert response["ETag"] == '"2"'
    assert list(CartLine.objects.all()) == [other]
    assert Cart.objects.filter(customer=customer).exists()


def test_emptying_no_cart_is_fine(api_client: APIClient) -> None:
    response = api_client.delete(URL)

    assert response.status_code == 204
    assert response["ETag"] == '"0"'
    assert not Cart.objects.exists()
