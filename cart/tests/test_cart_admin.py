import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cart.models import Cart
from cart.tests.factories import CartLineFactory, GuestCartFactory
from users.models import User

pytestmark = pytest.mark.django_db
URL = "/admin/cart/cart/"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@shop.example", "irrelevant"))
    return client


def test_staff_find_a_customers_cart_and_read_its_lines(staff: Client) -> None:
    line = CartLineFactory.create(cart__customer__email="ada@shop.example")
    GuestCartFactory.create()

    found = staff.get(URL, {"q": "ada@", "whose": "customer"}).content.decode()
    page = staff.get(f"{URL}{line.cart_id}/change/").content.decode()

    assert "ada@shop.example" in found
    assert "a guest" not in found
    assert line.variant.sku in page
    assert "a guest" in staff.get(URL, {"whose": "guest"}).content.decode()


def test_nobody_changes_a_cart_in_the_admin(staff: Client) -> None:
    cart = CartLineFactory.create().cart

    assert staff.post(f"{URL}{cart.pk}/change/", {"currency": "EUR"}).status_code == 403
    assert staff.post(f"{URL}{cart.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.get(f"{URL}add/").status_code == 403
    assert Cart.objects.get().currency == "USD"


@pytest.mark.parametrize("count", [1, 10])
def test_the_list_takes_as_many_queries_however_long_it_is(
    staff: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        CartLineFactory.create()

    with django_assert_num_queries(6):
        staff.get(URL)
