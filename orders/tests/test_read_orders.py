from datetime import UTC, datetime

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.tests.factories import VariantFactory
from orders.models import Order
from orders.services.fulfillment import ship_order
from orders.services.notes import write_note
from orders.tests.factories import OrderFactory, OrderLineFactory, paid_order, placed_order
from orders.tokens import order_token
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/orders/"
NOW = datetime(2026, 11, 22, 14, 29, 41, tzinfo=UTC)


@pytest.fixture
def customer() -> User:
    return UserFactory.create()


def test_customers_see_their_own_orders_newest_first(
    api_client: APIClient, customer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = placed_order(customer=customer, quantities={VariantFactory.create(): 2})
    with time_machine.travel(NOW, tick=False):
        second = placed_order(
            customer=customer, quantities={VariantFactory.create(): 3, VariantFactory.create(): 1}
        )
    Order.objects.filter(pk=first.pk).update(created_at=NOW.replace(year=2025))
    placed_order(customer=UserFactory.create())
    placed_order()
    api_client.force_authenticate(customer)

    with django_assert_num_queries(1):
        page = api_client.get(URL).json()

    assert page == {
        "next": None,
        "previous": None,
        "results": [
            {
                "number": second.number,
                "status": "pending",
                "payment_status": "unpaid",
                "fulfillment_status": "unfulfilled",
                "currency": "USD",
                "total": "45.00",
                "item_count": 4,
                "created_at": "2026-11-22T14:29:41Z",
            },
            {
                "number": first.number,
                "status": "pending",
                "payment_status": "unpaid",
                "fulfillment_status": "unfulfilled",
                "currency": "USD",
                "total": "25.00",
                "item_count": 2,
                "created_at": "2025-11-22T14:29:41Z",
            },
        ],
    }


def test_a_long_list_of_orders_goes_on_where_it_stopped(
    api_client: APIClient, customer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    numbers = [OrderLineFactory.create(order__customer=customer).order.number for _ in range(5)]
    api_client.force_authenticate(customer)

    with django_assert_num_queries(1):
        page = api_client.get(URL, {"page_size": 2}).json()
    seen = [order["number"] for order in page["results"]]
    OrderLineFactory.create(order__customer=customer)
    while page["next"]:
        page = api_client.get(page["next"]).json()
        seen += [order["number"] for order in page["results"]]

    assert seen == numbers[::-1]


def test_a_guest_has_no_list_of_orders(api_client: APIClient) -> None:
    response = api_client.get(URL)

    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")


def test_an_order_is_shown_with_its_payments_and_parcels(
    api_client: APIClient, customer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mug, pen = VariantFactory.create(sku="MUG"), VariantFactory.create(sku="PEN")
    order = paid_order(customer=customer, quantities={mug: 2, pen: 3})
    staff = UserFactory.create()
    ship_order(order=order, actor=staff, lines={"PEN": 1}, carrier="Post", tracking_number="RR1")
    ship_order(order=order, actor=staff, carrier="Post", tracking_number="RR2")
    api_client.force_authenticate(customer)

    with django_assert_num_queries(6):
        document = api_client.get(f"{URL}{order.number}/").json()

    assert (document["status"], document["payment_status"], document["fulfillment_status"]) == (
        "fulfilled",
        "paid",
        "fulfilled",
    )
    assert [(line["sku"], line["quantity_fulfilled"]) for line in document["lines"]] == [
        ("MUG", 2),
        ("PEN", 3),
    ]
    assert [(payment["status"], payment["amount"]) for payment in document["payments"]] == [
        ("captured", "55.00")
    ]
    parcels = [(parcel["tracking_number"], parcel["lines"]) for parcel in document["shipments"]]
    assert parcels[0] == ("RR1", [{"sku": "PEN", "quantity": 1}])
    assert parcels[1][0] == "RR2"
    assert len(parcels[1][1]) == 2


def test_a_guest_opens_an_order_with_its_token_alone(api_client: APIClient) -> None:
    order, other = placed_order(), placed_order()
    token = order_token(order.number)

    mine = api_client.get(f"{URL}{order.number}/", headers={"X-Order-Token": token})
    not_mine = api_client.get(f"{URL}{other.number}/", headers={"X-Order-Token": token})
    without = api_client.get(f"{URL}{order.number}/")

    assert (mine.status_code, mine.json()["number"]) == (200, order.number)
    assert (not_mine.status_code, without.status_code) == (404, 404)


@pytest.mark.parametrize("token", ["", "x", ":", "a:b", "é", "x" * 5000])
def test_a_token_that_the_shop_did_not_make_opens_nothing(
    api_client: APIClient, token: str
) -> None:
    order = placed_order()

    response = api_client.get(f"{URL}{order.number}/", headers={"X-Order-Token": token})

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["", "events/"])
def test_an_order_is_nobody_elses_business(api_client: APIClient, path: str) -> None:
    theirs = placed_order(customer=UserFactory.create())
    guests = placed_order()
    api_client.force_authenticate(UserFactory.create())

    for order in (theirs, guests):
        assert api_client.get(f"{URL}{order.number}/{path}").status_code == 404


def test_a_customers_order_does_not_open_to_a_token(api_client: APIClient) -> None:
    order = placed_order(customer=UserFactory.create())
    headers = {"X-Order-Token": order_token(order.number)}

    assert api_client.get(f"{URL}{order.number}/", headers=headers).status_code == 404


def test_someone_signed_in_opens_a_guests_order_with_its_token(
    api_client: APIClient, customer: User
) -> None:
    guests, own = placed_order(), placed_order(customer=customer)
    api_client.force_authenticate(customer)
    headers = {"X-Order-Token": order_token(guests.number)}

    assert api_client.get(f"{URL}{guests.number}/", headers=headers).status_code == 200
    assert api_client.get(f"{URL}{own.number}/", headers=headers).status_code == 200


@pytest.mark.parametrize("number", ["NOSUCH", "%00", "a%27b", "x" * 300])
def test_there_is_nothing_behind_a_number_never_given_out(
    api_client: APIClient, customer: User, number: str
) -> None:
    api_client.force_authenticate(customer)

    assert api_client.get(f"{URL}{number}/").status_code == 404


def test_the_history_of_an_order_is_shown_without_what_staff_noted(
    api_client: APIClient, customer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = paid_order(customer=customer)
    write_note(order=order, actor=UserFactory.create(), text="A difficult one.")
    api_client.force_authenticate(customer)

    with django_assert_num_queries(2):
        page = api_client.get(f"{URL}{order.number}/events/").json()

    assert [
        (event["kind"], event["from_status"], event["to_status"]) for event in page["results"]
    ] == [
        ("confirmed", "pending", "confirmed"),
        ("paid", "", ""),
        ("placed", "", ""),
    ]
    assert set(page["results"][0]) == {"kind", "from_status", "to_status", "created_at"}


def test_an_order_without_lines_is_listed_too(api_client: APIClient, customer: User) -> None:
    OrderFactory.create(customer=customer)
    api_client.force_authenticate(customer)

    assert api_client.get(URL).json()["results"][0]["item_count"] == 0
