from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from cart.models import Cart
from cart.tests.conftest import GUEST_TOKEN
from cart.tests.factories import CartFactory, CartLineFactory, GuestCartFactory
from catalog.models import Price, Product, ProductImage
from catalog.tests.factories import VariantFactory
from users.models import User

pytestmark = pytest.mark.django_db
URL = "/api/v1/cart/"
EMPTY: dict[str, object] = {
    "token": None,
    "currency": "USD",
    "lines": [],
    "item_count": 0,
    "subtotal": "0.00",
    "discount_total": "0.00",
    "total": "0.00",
}
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def add_picture(product: Product, name: str, position: int) -> None:
    ProductImage.objects.create(
        product=product, alt=name, position=position, file=SimpleUploadedFile("p.gif", PIXEL)
    )


def test_a_visitor_without_a_cart_sees_an_empty_one_and_none_is_made(
    api_client: APIClient,
) -> None:
    response = api_client.get(URL)

    assert response.status_code == 200
    assert response.data == EMPTY
    assert response["ETag"] == '"0"'
    assert not Cart.objects.exists()


def test_a_token_of_nothing_opens_an_empty_cart(guest_client: APIClient) -> None:
    assert guest_client.get(URL).data == EMPTY
    assert not Cart.objects.exists()


def test_a_cart_shows_its_lines_at_todays_prices(
    customer_client: APIClient, customer: User
) -> None:
    cart = CartFactory.create(customer=customer, version=7)
    mug = VariantFactory.create(
        sku="MUG", product__slug="mug", product__name="Mug", price="12.5", options={"Color": "Red"}
    )
    CartLineFactory.create(cart=cart, variant=mug, quantity=3, seen_price=Decimal("12.5"))
    CartLineFactory.create(cart=cart)
    add_picture(mug.product, "back", 1)
    add_picture(mug.product, "front", 0)

    response = customer_client.get(URL)

    assert response["ETag"] == '"7"'
    first = response.data["lines"][0]
    assert first.pop("image")["alt"] == "front"
    assert first == {
        "sku": "MUG",
        "product": {"slug": "mug", "name": "Mug"},
        "options": {"Color": "Red"},
        "quantity": 3,
        "unit_price": "12.50",
        "total": "37.50",
        "available": 10,
        "warnings": [],
    }
    assert response.data["lines"][1]["image"] is None
    assert {key: response.data[key] for key in ("item_count", "subtotal", "total")} == {
        "item_count": 4,
        "subtotal": "47.50",
        "total": "47.50",
    }


def test_amounts_have_the_decimals_of_the_currency(
    customer_client: APIClient, customer: User
) -> None:
    variant = VariantFactory.create(price="1200", currency="JPY")
    cart = CartFactory.create(customer=customer, currency="JPY")
    CartLineFactory.create(cart=cart, variant=variant, quantity=2, seen_price=Decimal("1200"))

    response = customer_client.get(URL)

    assert response.data["lines"][0]["unit_price"] == "1200"
    assert response.data["total"] == "2400"


def test_a_line_warns_of_a_price_that_moved(customer_client: APIClient, customer: User) -> None:
    line = CartLineFactory.create(cart__customer=customer)
    Price.objects.update(amount=Decimal("11"))

    (shown,) = customer_client.get(URL).data["lines"]

    assert shown["sku"] == line.variant.sku
    assert shown["unit_price"] == "11.00"
    assert shown["warnings"] == ["price_changed"]


def test_a_line_warns_of_too_little_stock(customer_client: APIClient, customer: User) -> None:
    variant = VariantFactory.create(on_hand=2)
    CartLineFactory.create(cart__customer=customer, variant=variant, quantity=3)

    (shown,) = customer_client.get(URL).data["lines"]

    assert shown["available"] == 2
    assert shown["warnings"] == ["insufficient_stock"]


@pytest.mark.parametrize("what", ["withdrawn product", "inactive variant", "no price"])
def test_what_is_not_for_sale_stays_in_the_cart_and_costs_nothing(
    customer_client: APIClient, customer: User, what: str
) -> None:
    line = CartLineFactory.create(cart__customer=customer, quantity=2)
    if what == "withdrawn product":
        Product.objects.update(status=Product.Status.ARCHIVED)
    elif what == "inactive variant":
        line.variant.is_active = False
        line.variant.save()
    else:
        Price.objects.all().delete()

    response = customer_client.get(URL)

    assert response.data["lines"][0]["warnings"] == ["unavailable"]
    assert response.data["lines"][0]["total"] == "0.00"
    assert response.data["total"] == "0.00"


def test_a_customer_sees_only_their_own_cart(customer_client: APIClient) -> None:
    GuestCartFactory.create(token=GUEST_TOKEN)
    CartLineFactory.create()

    response = customer_client.get(URL, headers={"X-Cart-Token": GUEST_TOKEN})

    assert response.data == EMPTY


@pytest.mark.parametrize("lines", [1, 20])
def test_a_cart_takes_as_many_queries_however_long_it_is(
    customer_client: APIClient,
    customer: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    lines: int,
) -> None:
    cart = CartFactory.create(customer=customer)
    for _ in range(lines):
        CartLineFactory.create(cart=cart)

    with django_assert_num_queries(6):  # session; cart, lines, variants, prices, pictures
        customer_client.get(URL)
