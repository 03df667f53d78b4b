from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.tests.factories import VariantFactory
from orders.models import Shipment
from orders.services.payments import capture_manually
from orders.tests.factories import placed_order
from orders.tests.staff import do
from users.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


def test_a_parcel_is_shipped_and_delivered(manager: User, manager_client: APIClient) -> None:
    order = placed_order(quantities={VariantFactory.create(sku="MUG"): 2})
    capture_manually(order=order, actor=manager)

    part = do(
        manager_client,
        order,
        "shipments",
        lines=[{"sku": "MUG", "quantity": 1}],
        carrier="Post",
        tracking_number="RR1",
        tracking_url="https://track.example/RR1",
    )
    rest = do(manager_client, order, "shipments")
    arrived = do(manager_client, order, "deliveries", shipment=part.json()["id"])
    all_arrived = do(manager_client, order, "deliveries")

    order.refresh_from_db()
    first = Shipment.objects.get(pk=part.json()["id"])
    assert part.status_code == 201
    assert part.json() == {
        "id": first.pk,
        "carrier": "Post",
        "tracking_number": "RR1",
        "tracking_url": "https://track.example/RR1",
        "lines": [{"sku": "MUG", "quantity": 1}],
        "created_at": f"{first.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "delivered_at": None,
    }
    assert rest.json()["lines"] == [{"sku": "MUG", "quantity": 1}]
    assert [parcel["id"] for parcel in arrived.json()] == [first.pk]
    assert arrived.json()[0]["delivered_at"] == f"{first.delivered_at:%Y-%m-%dT%H:%M:%SZ}"
    assert [parcel["id"] for parcel in all_arrived.json()] == [rest.json()["id"]]
    assert order.status == "completed"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"lines": [{"sku": "MUG", "quantity": 0}]}, "/lines/0/quantity"),
        ({"lines": [{"sku": "MUG", "quantity": 1000}]}, "/lines/0/quantity"),
        ({"lines": [{"sku": "MUG", "quantity": 1}] * 2}, "/lines"),
        ({"lines": [{"sku": str(n), "quantity": 1} for n in range(101)]}, "/lines"),
        ({"tracking_url": "javascript:alert(1)"}, "/tracking_url"),
    ],
)
def test_a_malformed_parcel_is_refused(
    manager: User, manager_client: APIClient, body: dict[str, Any], pointer: str
) -> None:
    order = placed_order(quantities={VariantFactory.create(sku="MUG"): 2})
    capture_manually(order=order, actor=manager)

    response = do(manager_client, order, "shipments", **body)

    assert response.status_code == 400
    assert [fault["pointer"] for fault in response.json()["errors"]] == [pointer]
    assert not Shipment.objects.exists()


def test_an_unpaid_order_is_not_shipped(manager_client: APIClient) -> None:
    response = do(manager_client, placed_order(), "shipments")

    assert (response.status_code, response.json()["code"]) == (409, "invalid_transition")
    assert not Shipment.objects.exists()


def test_too_much_is_pointed_at(manager: User, manager_client: APIClient) -> None:
    order = placed_order(quantities={VariantFactory.create(sku="MUG"): 2})
    capture_manually(order=order, actor=manager)

    response = do(manager_client, order, "shipments", lines=[{"sku": "MUG", "quantity": 3}])

    assert (response.status_code, response.json()["code"]) == (409, "over_shipment")
    assert response.json()["errors"] == [
        {
            "pointer": "/lines/0/quantity",
            "code": "over_shipment",
            "detail": "2 of MUG can be shipped.",
            "available": 2,
        }
    ]


def test_nothing_is_delivered_that_was_not_shipped(manager_client: APIClient) -> None:
    order = placed_order()

    bodies: list[dict[str, Any]] = [{}, {"shipment": 2**63 - 1}]
    for body in bodies:
        response = do(manager_client, order, "deliveries", **body)
        assert (response.status_code, response.json()["code"]) == (409, "nothing_to_deliver")
    assert do(manager_client, order, "deliveries", shipment=2**63).status_code == 400
