from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from cart.models import Cart, CartLine
from cart.selectors import token_digest
from cart.tests.conftest import GUEST_TOKEN
from cart.tests.factories import CartFactory, CartLineFactory, GuestCartFactory
from catalog.models import Price, Product
from catalog.tests.factories import VariantFactory
from users.models import User

pytestmark = pytest.mark.django_db
URL = "/api/v1/cart/lines/"


def test_a_guests_first_item_makes_a_cart_and_gives_its_token(api_client: APIClient) -> None:
    variant = VariantFactory.create(sku="MUG")

    response = api_client.post(URL, {"sku": "MUG", "quantity": 2})

    assert response.status_code == 201
    cart = Cart.objects.get()
    token = response.data["token"]
    assert response["X-Cart-Token"] == token
    assert len(token) == 43
    assert cart.token_hash == token_digest(token)
    assert cart.customer is None
    assert response["ETag"] == '"1"'
    assert cart.version == 1
    line = cart.lines.get()
    assert (line.variant, line.quantity, line.seen_price) == (variant, 2, Decimal("10"))


def test_the_token_opens_the_same_cart_again_and_is_not_repeated(api_client: APIClient) -> None:
    VariantFactory.create(sku="MUG")
    token = api_client.post(URL, {"sku": "MUG"}).data["token"]

    response = api_client.post(URL, {"sku": "MUG"}, headers={"X-Cart-Token": token})

    assert response.data["token"] is None
    assert "X-Cart-Token" not in response
    assert response.data["lines"][0]["quantity"] == 2
    assert Cart.objects.count() == 1


def test_a_token_of_nothing_gets_a_new_cart_with_a_new_token(guest_client: APIClient) -> None:
    VariantFactory.create(sku="MUG")

    response = guest_client.post(URL, {"sku": "MUG"})

    assert response.status_code == 201
    assert response.data["token"] not in {None, GUEST_TOKEN}


def test_a_customer_needs_no_token(customer_client: APIClient, customer: User) -> None:
    VariantFactory.create(sku="MUG")
    GuestCartFactory.create(token=GUEST_TOKEN)

    response = customer_client.post(URL, {"sku": "MUG"}, headers={"X-Cart-Token": GUEST_TOKEN})

    assert response.data["token"] is None
    assert Cart.objects.get(customer=customer).lines.get().quantity == 1


def test_adding_again_adds_up_and_sees_the_new_price(
    customer_client: APIClient, customer: User
) -> None:
    line = CartLineFactory.create(cart__customer=customer, quantity=2)
    Price.objects.update(amount=Decimal("11"))

    response = customer_client.post(URL, {"sku": line.variant.sku, "quantity": 3})

    assert response.data["lines"][0]["quantity"] == 5
    assert response.data["lines"][0]["warnings"] == []
    assert response["ETag"] == '"2"'
    line.refresh_from_db()
    assert (line.quantity, line.seen_price) == (5, Decimal("11"))


def test_more_than_there_is_may_be_added_with_a_warning(customer_client: APIClient) -> None:
    VariantFactory.create(sku="RARE", on_hand=1)

    response = customer_client.post(URL, {"sku": "RARE", "quantity": 2})

    assert response.status_code == 201
    assert response.data["lines"][0]["warnings"] == ["insufficient_stock"]


@pytest.mark.parametrize(
    ("wanted", "prices", "currency"),
    [
        (None, {"USD": "10", "EUR": "9"}, "USD"),
        (None, {"JPY": "1200", "EUR": "9"}, "EUR"),
        ("EUR", {"USD": "10", "EUR": "9"}, "EUR"),
    ],
)
def test_an_empty_cart_takes_the_currency_asked_for_else_the_usual_one(
    customer_client: APIClient,
    customer: User,
    wanted: str | None,
    prices: dict[str, str],
    currency: str,
) -> None:
    CartFactory.create(customer=customer, currency="GBP")
    variant = VariantFactory.create(sku="MUG", price=None)
    for code, amount in prices.items():
        Price.objects.create(variant=variant, currency=code, amount=Decimal(amount))

    response = customer_client.post(URL, {"sku": "MUG", **({"currency": wanted} if wanted else {})})

    assert response.data["currency"] == currency
    assert Cart.objects.get().currency == currency


def test_a_cart_with_something_in_it_keeps_its_currency(
    customer_client: APIClient, customer: User
) -> None:
    CartLineFactory.create(cart__customer=customer)
    variant = VariantFactory.create(sku="MUG")
    Price.objects.create(variant=variant, currency="EUR", amount=Decimal("9"))

    response = customer_client.post(URL, {"sku": "MUG", "currency": "EUR"})

    assert response.data["currency"] == "USD"


@pytest.mark.parametrize("what", ["other currency", "no price at all"])
def test_what_has_no_price_in_the_carts_currency_is_refused(
    customer_client: APIClient, customer: User, what: str
) -> None:
    line = CartLineFactory.create(cart__customer=customer)
    price = "9" if what == "other currency" else None
    VariantFactory.create(sku="MUG", price=price, currency="EUR")

    response = customer_client.post(URL, {"sku": "MUG"})

    assert response.status_code == 409
    assert response.data["code"] == "currency_mismatch"
    assert list(CartLine.objects.all()) == [line]
    assert Cart.objects.get().version == 1


def test_a_refused_item_makes_no_cart(api_client: APIClient) -> None:
    VariantFactory.create(sku="MUG", price=None)

    assert api_client.post(URL, {"sku": "MUG"}).status_code == 409
    assert not Cart.objects.exists()


@pytest.mark.parametrize("what", ["unknown", "draft", "inactive"])
def test_what_is_not_for_sale_is_not_found(api_client: APIClient, what: str) -> None:
    if what == "draft":
        VariantFactory.create(sku="MUG", product__status=Product.Status.DRAFT)
    if what == "inactive":
        VariantFactory.create(sku="MUG", is_active=False)

    response = api_client.post(URL, {"sku": "MUG"})

    assert response.status_code == 404
    assert response.data["code"] == "variant_not_found"
    assert not Cart.objects.exists()


def test_a_cart_holds_a_hundred_lines(customer_client: APIClient, customer: User) -> None:
    cart = CartFactory.create(customer=customer)
    first = CartLineFactory.create(cart=cart)
    for _ in range(99):
        CartLineFactory.create(cart=cart)
    one_more = VariantFactory.create()

    refused = customer_client.post(URL, {"sku": one_more.sku})
    more_of_the_same = customer_client.post(URL, {"sku": first.variant.sku})

    assert refused.status_code == 409
    assert refused.data["code"] == "cart_full"
    assert more_of_the_same.status_code == 201
    assert cart.lines.count() == 100


def test_a_line_holds_999_units(customer_client: APIClient, customer: User) -> None:
    line = CartLineFactory.create(cart__customer=customer, quantity=600)

    refused = customer_client.post(URL, {"sku": line.variant.sku, "quantity": 400})

    assert refused.status_code == 409
    assert refused.data["code"] == "quantity_too_large"
    assert refused.data["errors"] == [
        {
            "pointer": "/quantity",
            "code": "quantity_too_large",
            "detail": "There are 600 in the cart already.",
        }
    ]
    line.refresh_from_db()
    assert line.quantity == 600
    assert customer_client.post(URL, {"sku": line.variant.sku, "quantity": 399}).status_code == 201


@pytest.mark.parametrize("quantity", [0, -1, 1000, 2**31, 2**63, 1.5, True, "２", "2", None, []])
def test_a_quantity_is_a_whole_number_from_1_to_999(api_client: APIClient, quantity: Any) -> None:
    VariantFactory.create(sku="MUG")

    response = api_client.post(URL, {"sku": "MUG", "quantity": quantity})

    assert response.status_code == 400
    assert response.data["errors"][0]["pointer"] == "/quantity"
    assert not Cart.objects.exists()


@pytest.mark.parametrize("currency", ["usd", "US", "ZZZ", "💶💶💶", "", None, 840])
def test_a_currency_is_an_iso_code(api_client: APIClient, currency: Any) -> None:
    VariantFactory.create(sku="MUG")

    response = api_client.post(URL, {"sku": "MUG", "currency": currency})

    assert response.status_code == 400
    assert response.data["errors"][0]["pointer"] == "/currency"


@pytest.mark.parametrize("sku", ["", "x" * 65, "a\0b", None, ["MUG"]])
def test_a_sku_is_a_short_text(api_client: APIClient, sku: Any) -> None:
    response = api_client.post(URL, {"sku": sku})

    assert response.status_code == 400
    assert response.data["errors"][0]["pointer"] == "/sku"


@pytest.mark.parametrize("lines", [1, 20])
def test_adding_takes_as_many_queries_however_long_the_cart_is(
    customer_client: APIClient,
    customer: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    lines: int,
) -> None:
    cart = CartFactory.create(customer=customer)
    for _ in range(lines):
        CartLineFactory.create(cart=cart)
    VariantFactory.create(sku="MUG")

    # session; savepoint, variant, cart, lock, lines, price, line, cart, release; the answer's four
    with django_assert_num_queries(14):
        customer_client.post(URL, {"sku": "MUG"})
