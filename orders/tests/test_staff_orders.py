from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.tests.factories import VariantFactory
from orders.models import Order, OrderEvent
from orders.services.fulfillment import ship_order
from orders.tests.factories import OrderFactory, placed_order
from orders.tests.sandbox import pay
from orders.tests.staff import URL, client_of, do, staff_with
from users.models import User
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]
NOUNS = {
    "captures": {},
    "refunds": {"amount": "1.00", "reason": "Late"},
    "shipments": {},
    "deliveries": {},
    "cancellation": {},
    "notes": {"text": "Called."},
}


@pytest.mark.parametrize("noun", NOUNS)
def test_reading_does_not_allow_changing(noun: str) -> None:
    order = placed_order()
    reader = client_of(staff_with("view_order"))
    changer = client_of(UserFactory.create(is_staff=False))

    assert reader.get(f"{URL}{order.number}/").status_code == 200
    assert do(reader, order, noun, **NOUNS[noun]).status_code == 403
    assert do(changer, order, noun, **NOUNS[noun]).status_code == 403
    assert do(APIClient(), order, noun, **NOUNS[noun]).status_code == 401
    order.refresh_from_db()
    assert (order.status, order.events.count()) == ("pending", 1)


@pytest.mark.parametrize("path", [URL, f"{URL}NUMBER/"])
def test_orders_are_shown_to_staff_with_the_permission_only(path: str) -> None:
    OrderFactory.create(number="NUMBER")

    assert APIClient().get(path).status_code == 401
    assert client_of(UserFactory.create()).get(path).status_code == 403
    assert client_of(staff_with()).get(path).status_code == 403
    assert client_of(staff_with("view_order")).get(path).status_code == 200


def test_orders_are_listed_newest_first(manager_client: APIClient) -> None:
    first, second = placed_order(), placed_order(email="ada@shop.example")

    response = manager_client.get(URL)

    assert [order["number"] for order in response.json()["results"]] == [
        second.number,
        first.number,
    ]
    assert response.json()["results"][0] == {
        "number": second.number,
        "email": "ada@shop.example",
        "customer": None,
        "status": "pending",
        "payment_status": "unpaid",
        "fulfillment_status": "unfulfilled",
        "currency": "USD",
        "total": "15.00",
        "payment_due_at": f"{second.payment_due_at:%Y-%m-%dT%H:%M:%SZ}",
        "created_at": f"{second.created_at:%Y-%m-%dT%H:%M:%SZ}",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=confirmed", ["PAID"]),
        ("payment_status=unpaid", ["OPEN"]),
        ("fulfillment_status=unfulfilled", ["OPEN", "PAID"]),
        ("email=ADA@", ["OPEN"]),
        ("number=pa", ["PAID"]),
        ("created_after=2026-01-01T00:00:00Z&created_before=2026-01-02T00:00:00Z", ["OPEN"]),
        ("created_before=2026-01-01T00:00:00Z", []),
    ],
)
def test_orders_are_found(manager_client: APIClient, query: str, found: list[str]) -> None:
    OrderFactory.create(number="OPEN", email="ada@shop.example")
    OrderFactory.create(number="PAID", status="confirmed", payment_status="paid")
    Order.objects.filter(number="OPEN").update(created_at="2026-01-01T00:00:00Z")

    response = manager_client.get(f"{URL}?{query}")

    assert sorted(order["number"] for order in response.json()["results"]) == found


@pytest.mark.parametrize(
    "query", ["status=lost", "payment_status=x", "created_after=yesterday", "number=%00"]
)
def test_an_unknown_filter_value_is_refused(manager_client: APIClient, query: str) -> None:
    assert manager_client.get(f"{URL}?{query}").status_code == 400


def test_a_list_takes_as_many_queries_for_twenty_orders_as_for_one(
    manager_client: APIClient, django_assert_num_queries: Any
) -> None:
    for count in (1, 19):
        OrderFactory.create_batch(count)
        manager_client.get(URL)
        with django_assert_num_queries(1):
            manager_client.get(URL)


def test_an_order_is_shown_with_all_that_is_known_of_it(
    manager: User, manager_client: APIClient, django_assert_num_queries: Any
) -> None:
    order = placed_order(
        quantities={VariantFactory.create(sku="MUG"): 2, VariantFactory.create(sku="PEN"): 1}
    )
    payment = pay(order)
    ship_order(order=order, actor=manager, lines={"MUG": 1}, carrier="Post")
    ship_order(order=order, actor=manager)
    do(manager_client, order, "refunds", amount="2.50", reason="Late")

    with django_assert_num_queries(8):
        response = manager_client.get(f"{URL}{order.number}/")

    shown = response.json()
    assert response.status_code == 200
    assert shown["status"] == "fulfilled"
    assert [line["sku"] for line in shown["lines"]] == ["MUG", "PEN"]
    assert [
        [(line["sku"], line["quantity"]) for line in shipment["lines"]]
        for shipment in shown["shipments"]
    ] == [[("MUG", 1)], [("MUG", 1), ("PEN", 1)]]
    assert shown["payments"][0]["provider_reference"] == payment.provider_reference
    assert [refund["amount"] for refund in shown["payments"][0]["refunds"]] == ["2.50"]
    assert [(event["kind"], event["actor"]) for event in shown["events"]] == [
        ("placed", None),
        ("paid", None),
        ("confirmed", None),
        ("shipped", manager.email),
        ("shipped", manager.email),
        ("fulfilled", manager.email),
        ("refund_promised", manager.email),
    ]


def test_an_unknown_order_is_not_found(manager_client: APIClient) -> None:
    assert manager_client.get(f"{URL}NOSUCH/").status_code == 404
    assert do(manager_client, Order(number="NOSUCH"), "captures").status_code == 404


def test_staff_cancel_an_order(manager: User, manager_client: APIClient) -> None:
    order = placed_order()
    pay(order)

    response = do(manager_client, order, "cancellation", reason="Sold out")

    shown = response.json()
    assert response.status_code == 200
    assert (shown["status"], shown["payment_status"]) == ("canceled", "refunded")
    canceled = order.events.get(kind="canceled")
    assert (canceled.actor, canceled.details) == (manager, {"reason": "Sold out"})
    assert do(manager_client, order, "cancellation").status_code == 409


def test_a_note_is_for_the_staff(manager: User, manager_client: APIClient) -> None:
    customer = UserFactory.create()
    order = placed_order(customer=customer)

    response = do(manager_client, order, "notes", text="Leave it with a neighbour.")

    note = OrderEvent.objects.get(kind="noted")
    assert response.status_code == 201
    assert response.json() == {
        "kind": "noted",
        "from_status": "",
        "to_status": "",
        "details": {"text": "Leave it with a neighbour."},
        "actor": manager.email,
        "created_at": f"{note.created_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    seen = client_of(customer).get(f"/api/v1/orders/{order.number}/events/")
    assert [event["kind"] for event in seen.json()["results"]] == ["placed"]
