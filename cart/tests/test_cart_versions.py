"""If-Match on carts: two devices of one customer do not overwrite each other."""

import pytest
from rest_framework.test import APIClient

from cart.models import Cart
from cart.tests.factories import CartLineFactory
from catalog.tests.factories import VariantFactory
from users.models import User

pytestmark = pytest.mark.django_db
URL = "/api/v1/cart/"
CHANGES = ["add", "set", "remove", "empty"]


def change(client: APIClient, name: str, sku: str, if_match: str) -> int:
    headers = {"If-Match": if_match}
    if name == "add":
        response = client.post(f"{URL}lines/", {"sku": sku}, headers=headers)
    elif name == "set":
        response = client.put(f"{URL}lines/{sku}/", {"quantity": 5}, headers=headers)
    elif name == "remove":
        response = client.delete(f"{URL}lines/{sku}/", headers=headers)
    else:
        response = client.delete(URL, headers=headers)
    return response.status_code


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize(
    "tag",
    [
        '"2"',
        '"0"',
        "1",
        '""',
        "nonsense",
        '"１"',
        '"99999999999"',
        "",
        'W/"1"',
        '"2", W/"1"',
        '*, "2"',
    ],
)
def test_a_change_to_a_cart_that_moved_on_is_refused(
    customer_client: APIClient, customer: User, name: str, tag: str
) -> None:
    line = CartLineFactory.create(cart__customer=customer, quantity=3)

    assert change(customer_client, name, line.variant.sku, tag) == 412
    line.refresh_from_db()
    assert line.quantity == 3
    assert line.cart.version == 1


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("tag", ['"1"', '"7", "1"', "*", ' "1" ,W/"7"'])
def test_a_change_to_the_cart_as_it_was_seen_is_made(
    customer_client: APIClient, customer: User, name: str, tag: str
) -> None:
    line = CartLineFactory.create(cart__customer=customer)

    assert change(customer_client, name, line.variant.sku, tag) in {200, 201, 204}
    assert Cart.objects.get().version == 2


def test_the_tag_of_an_answer_is_good_for_the_next_change(customer_client: APIClient) -> None:
    sku = VariantFactory.create().sku
    tag = customer_client.get(URL)["ETag"]

    for _ in range(3):
        response = customer_client.post(f"{URL}lines/", {"sku": sku}, headers={"If-Match": tag})
        assert response.status_code == 201
        tag = response["ETag"]

    assert customer_client.get(URL)["ETag"] == tag


def test_a_new_cart_is_not_the_one_that_was_seen(api_client: APIClient) -> None:
    sku = VariantFactory.create().sku

    response = api_client.post(f"{URL}lines/", {"sku": sku}, headers={"If-Match": '"3"'})

    assert response.status_code == 412
    assert response.data["code"] == "precondition_failed"
    assert not Cart.objects.exists()
