from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from cart.models import Cart, CartLine
from cart.services.merging import LeftOut, merge, merge_after_sign_in
from cart.tests.conftest import GUEST_TOKEN
from cart.tests.factories import CartFactory, CartLineFactory, GuestCartFactory
from catalog.models import Price
from catalog.tests.factories import VariantFactory
from users.models import User
from users.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
URL = "/api/v1/cart/merge/"


@pytest.fixture
def guest_cart() -> Cart:
    return GuestCartFactory.create(token=GUEST_TOKEN)


def contents(customer: User) -> dict[str, int]:
    lines = CartLine.objects.filter(cart__customer=customer)
    return dict(lines.values_list("variant__sku", "quantity"))


def test_units_of_the_same_sku_add_up_and_the_guests_cart_goes(
    customer: User, guest_cart: Cart
) -> None:
    shared, own, new = (VariantFactory.create(sku=sku) for sku in ("SHARED", "OWN", "NEW"))
    cart = CartFactory.create(customer=customer)
    CartLineFactory.create(cart=cart, variant=shared, quantity=2)
    CartLineFactory.create(cart=cart, variant=own, quantity=1)
    CartLineFactory.create(cart=guest_cart, variant=shared, quantity=3)
    CartLineFactory.create(cart=guest_cart, variant=new, quantity=4, seen_price=Decimal("8"))

    merged = merge(cart_token=GUEST_TOKEN, user=customer)

    assert merged.cart == cart
    assert merged.left_out == []
    assert contents(customer) == {"SHARED": 5, "OWN": 1, "NEW": 4}
    assert cart.lines.get(variant=new).seen_price == Decimal("8")
    assert list(Cart.objects.values_list("pk", "version")) == [(cart.pk, 2)]


def test_a_customer_without_a_cart_takes_over_the_guests_with_its_currency(
    customer: User, guest_cart: Cart
) -> None:
    guest_cart.currency = "EUR"
    guest_cart.save()
    variant = VariantFactory.create(sku="MUG", price="9", currency="EUR")
    CartLineFactory.create(cart=guest_cart, variant=variant, seen_price=Decimal("9"))

    merge(cart_token=GUEST_TOKEN, user=customer)

    assert contents(customer) == {"MUG": 1}
    assert Cart.objects.get().currency == "EUR"


def test_an_empty_cart_takes_over_the_guests_currency(customer: User) -> None:
    CartFactory.create(customer=customer, currency="USD")
    guest_cart = GuestCartFactory.create(token=GUEST_TOKEN, currency="EUR")
    variant = VariantFactory.create(sku="MUG", price="9", currency="EUR")
    CartLineFactory.create(cart=guest_cart, variant=variant, seen_price=Decimal("9"))

    assert merge(cart_token=GUEST_TOKEN, user=customer).left_out == []
    assert contents(customer) == {"MUG": 1}
    assert Cart.objects.get().currency == "EUR"


def test_lines_are_priced_in_the_customers_currency_or_stay_with_the_guest(
    customer: User,
) -> None:
    CartLineFactory.create(cart__customer=customer, variant=VariantFactory.create(sku="OWN"))
    guest_cart = GuestCartFactory.create(token=GUEST_TOKEN, currency="EUR")
    both = VariantFactory.create(sku="BOTH", price="9", currency="EUR")
    Price.objects.create(variant=both, currency="USD", amount=Decimal("11"))
    euro_only = VariantFactory.create(sku="EURO", price="5", currency="EUR")
    CartLineFactory.create(cart=guest_cart, variant=both, quantity=2, seen_price=Decimal("9"))
    stays = CartLineFactory.create(cart=guest_cart, variant=euro_only, quantity=3)

    merged = merge(cart_token=GUEST_TOKEN, user=customer)

    assert merged.left_out == [LeftOut(sku="EURO", quantity=3, code="currency_mismatch")]
    assert contents(customer) == {"OWN": 1, "BOTH": 2}
    assert CartLine.objects.get(variant=both).seen_price == Decimal("11")
    assert list(guest_cart.lines.all()) == [stays]


def test_what_goes_beyond_999_units_stays_with_the_guest(customer: User, guest_cart: Cart) -> None:
    variant = VariantFactory.create(sku="MUG")
    CartLineFactory.create(cart__customer=customer, variant=variant, quantity=600)
    CartLineFactory.create(cart=guest_cart, variant=variant, quantity=500)
    CartLineFactory.create(cart=guest_cart, variant=VariantFactory.create(sku="CUP"))

    merged = merge(cart_token=GUEST_TOKEN, user=customer)

    assert merged.left_out == [LeftOut(sku="MUG", quantity=101, code="quantity_too_large")]
    assert contents(customer) == {"MUG": 999, "CUP": 1}
    assert guest_cart.lines.get().quantity == 101


def test_what_goes_beyond_a_hundred_lines_stays_with_the_guest(
    customer: User, guest_cart: Cart
) -> None:
    cart = CartFactory.create(customer=customer)
    for _ in range(99):
        CartLineFactory.create(cart=cart)
    for sku in ("FITS", "STAYS"):
        CartLineFactory.create(cart=guest_cart, variant=VariantFactory.create(sku=sku))

    merged = merge(cart_token=GUEST_TOKEN, user=customer)

    assert merged.left_out == [LeftOut(sku="STAYS", quantity=1, code="cart_full")]
    assert cart.lines.count() == 100
    assert guest_cart.lines.get().variant.sku == "STAYS"


def test_merging_twice_does_no_harm(customer: User, guest_cart: Cart) -> None:
    CartLineFactory.create(cart=guest_cart, variant=VariantFactory.create(sku="MUG"))

    merge(cart_token=GUEST_TOKEN, user=customer)
    merged = merge(cart_token=GUEST_TOKEN, user=customer)

    assert contents(customer) == {"MUG": 1}
    assert merged.left_out == []
    assert Cart.objects.get().version == 1


@pytest.mark.parametrize("lines", [1, 20])
def test_a_merge_takes_as_many_queries_however_long_the_carts_are(
    customer: User,
    guest_cart: Cart,
    django_assert_num_queries: DjangoAssertNumQueries,
    lines: int,
) -> None:
    cart = CartFactory.create(customer=customer)
    for _ in range(lines):
        CartLineFactory.create(cart=cart)
        CartLineFactory.create(cart=guest_cart)

    # savepoint; guest's cart, own, both locks, both contents; lines, own; lines, guest's; release
    with django_assert_num_queries(11):
        merge(cart_token=GUEST_TOKEN, user=customer)


def test_the_merged_cart_is_shown_with_what_stayed_behind(
    customer_client: APIClient, customer: User
) -> None:
    CartLineFactory.create(cart__customer=customer)
    guest_cart = GuestCartFactory.create(token=GUEST_TOKEN, currency="EUR")
    euro_only = VariantFactory.create(sku="EURO", price="5", currency="EUR")
    CartLineFactory.create(cart=guest_cart, variant=euro_only)

    response = customer_client.post(URL, headers={"X-Cart-Token": GUEST_TOKEN})

    assert response.status_code == 200
    assert response["ETag"] == '"2"'
    assert response.data["item_count"] == 1
    assert response.data["left_out"] == [
        {"sku": "EURO", "quantity": 1, "code": "currency_mismatch"}
    ]


def test_merging_needs_an_account_and_a_token(
    api_client: APIClient, customer_client: APIClient, guest_cart: Cart
) -> None:
    line = CartLineFactory.create(cart=guest_cart)

    assert api_client.post(URL, headers={"X-Cart-Token": GUEST_TOKEN}).status_code == 401
    refused = customer_client.post(URL)

    assert refused.status_code == 400
    assert refused.data["errors"][0]["pointer"] == "/X-Cart-Token"
    assert list(guest_cart.lines.all()) == [line]


def test_a_token_of_nothing_merges_nothing(customer_client: APIClient) -> None:
    response = customer_client.post(URL, headers={"X-Cart-Token": "nonsense"})

    assert response.status_code == 200
    assert response.data["lines"] == []
    assert not Cart.objects.exists()


@pytest.mark.parametrize("path", ["login", "register"])
def test_signing_in_with_a_guests_cart_merges_it(
    api_client: APIClient, guest_cart: Cart, path: str, request: pytest.FixtureRequest
) -> None:
    if path == "login":
        request.getfixturevalue("customer")
    CartLineFactory.create(cart=guest_cart, variant=VariantFactory.create(sku="MUG"))

    response = api_client.post(
        f"/api/v1/auth/{path}/",
        {"email": "ada@shop.example", "password": PASSWORD},
        headers={"X-Cart-Token": GUEST_TOKEN},
    )

    assert response.status_code in {200, 201}
    assert contents(User.objects.get()) == {"MUG": 1}


@pytest.mark.parametrize("token", [None, "", "nonsense", "x" * 5000, "Ünïcode"])
def test_signing_in_with_a_token_of_nothing_changes_no_cart(
    customer: User, guest_cart: Cart, token: str | None
) -> None:
    CartLineFactory.create(cart=guest_cart)

    merge_after_sign_in(user=customer, cart_token=token)

    assert list(Cart.objects.all()) == [guest_cart]


def test_a_customers_cart_has_no_token_to_be_taken_by(customer: User) -> None:
    theirs = CartLineFactory.create().cart

    for token in (str(theirs.pk), "None", ""):
        merge_after_sign_in(user=customer, cart_token=token)

    assert list(Cart.objects.all()) == [theirs]
