"""Price lists in the cart: groups, quantities, and what was seen before."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from cart.models import CartLine
from cart.tests.conftest import GUEST_TOKEN
from cart.tests.factories import CartFactory, CartLineFactory, GuestCartFactory
from catalog.models import Price, ProductVariant
from catalog.tests.factories import ListPriceFactory, VariantFactory
from users.models import User
from users.tests.factories import CustomerGroupFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/cart/"


@pytest.fixture
def mug() -> ProductVariant:
    """A mug for ten dollars, for nine from three on, and for seven to the trade."""
    mug = VariantFactory.create(sku="MUG", price="10")
    ListPriceFactory.create(variant=mug, amount="9", min_quantity=3)
    return mug


@pytest.fixture
def _trade(customer: User, mug: ProductVariant) -> None:
    group = CustomerGroupFactory.create(members=[customer])
    ListPriceFactory.create(variant=mug, amount="7", price_list__customer_group=group)


def test_more_units_reach_a_tier_and_fewer_leave_it(
    guest_client: APIClient, mug: ProductVariant
) -> None:
    GuestCartFactory.create(token=GUEST_TOKEN)
    two = guest_client.post(f"{URL}lines/", {"sku": "MUG", "quantity": 2}).data
    three = guest_client.post(f"{URL}lines/", {"sku": "MUG", "quantity": 1}).data
    one = guest_client.put(f"{URL}lines/MUG/", {"quantity": 1}).data

    assert [
        (cart["lines"][0]["unit_price"], cart["total"], cart["lines"][0]["warnings"])
        for cart in (two, three, one)
    ] == [("10.00", "20.00", []), ("9.00", "27.00", []), ("10.00", "10.00", [])]
    assert CartLine.objects.get().seen_price == Decimal(10)


@pytest.mark.usefixtures("_trade")
def test_a_member_is_asked_for_their_own_price(customer_client: APIClient) -> None:
    cart = customer_client.post(f"{URL}lines/", {"sku": "MUG", "quantity": 2}).data

    assert (cart["lines"][0]["unit_price"], cart["total"]) == ("7.00", "14.00")
    assert cart["lines"][0]["warnings"] == []


@pytest.mark.usefixtures("_trade")
def test_a_guest_who_signs_in_is_told_of_their_better_price(
    customer_client: APIClient, mug: ProductVariant
) -> None:
    guest_cart = GuestCartFactory.create(token=GUEST_TOKEN)
    CartLineFactory.create(cart=guest_cart, variant=mug, seen_price=Decimal(10))

    merged = customer_client.post(f"{URL}merge/", headers={"X-Cart-Token": GUEST_TOKEN}).data

    (line,) = merged["lines"]
    assert (line["unit_price"], line["warnings"]) == ("7.00", ["price_changed"])


@pytest.mark.usefixtures("_trade")
def test_what_moves_into_another_currency_is_priced_for_its_owner(
    customer_client: APIClient, customer: User, mug: ProductVariant
) -> None:
    Price.objects.create(variant=mug, currency="EUR", amount=Decimal(11))
    ListPriceFactory.create(variant=mug, currency="EUR", amount="8", min_quantity=2)
    own = CartFactory.create(customer=customer, currency="EUR")
    euros = VariantFactory.create(currency="EUR")
    CartLineFactory.create(cart=own, variant=euros)
    guest_cart = GuestCartFactory.create(token=GUEST_TOKEN)
    CartLineFactory.create(cart=guest_cart, variant=mug, quantity=2)

    customer_client.post(f"{URL}merge/", headers={"X-Cart-Token": GUEST_TOKEN})

    assert CartLine.objects.get(variant=mug).seen_price == Decimal(8)
