"""Counts, transfers and terms of the stock, over the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Stock, StockMovement, Warehouse
from catalog.services import stock
from catalog.tests.factories import VariantFactory, WarehouseFactory

pytestmark = pytest.mark.django_db
LIST = "/api/v1/staff/stock/"
TRANSFERS = f"{LIST}transfers/"
TERMS = {
    "policy": "preorder",
    "backorder_limit": 3,
    "expected_on": "2027-03-01",
    "low_stock_threshold": 2,
}


def post(client: APIClient, url: str, body: Any, key: str = "first") -> Any:
    return client.post(url, body, headers={"Idempotency-Key": key})


@pytest.fixture
def north() -> Warehouse:
    return WarehouseFactory.create(code="north")


def transfer(*lines: tuple[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "source": "main",
        "target": "north",
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
        "reason": "Summer",
        **changes,
    }


def test_a_count_is_taken_down_once(stock_client: APIClient, north: Warehouse) -> None:
    arc = VariantFactory.create(sku="ARC", on_hand=20)
    stock.allocate({arc.pk: 3}, reference="8K2M")
    body = {"counted": 17, "reason": "Inventory"}

    first = post(stock_client, f"{LIST}ARC/counts/", body)
    arrived = post(stock_client, f"{LIST}ARC/counts/", {**body, "warehouse": "north"}, "second")
    again = post(stock_client, f"{LIST}ARC/counts/", body)

    assert (first.status_code, first.json()["on_hand"], first.json()["available"]) == (201, 17, 14)
    assert arrived.json()["warehouses"] == [
        {"warehouse": "main", "on_hand": 17, "allocated": 3, "safety_stock": 0, "available": 14},
        {"warehouse": "north", "on_hand": 17, "allocated": 0, "safety_stock": 0, "available": 17},
    ]
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    counts = StockMovement.objects.filter(kind="count").order_by("pk")
    assert list(counts.values_list("on_hand_change", "reason", "actor__email")) == [
        (-3, "Inventory", "grace@shop.example"),
        (17, "Inventory", "grace@shop.example"),
    ]


def test_fewer_than_are_promised_cannot_have_been_counted(stock_client: APIClient) -> None:
    arc = VariantFactory.create(sku="ARC", on_hand=20)
    stock.allocate({arc.pk: 9}, reference="8K2M")

    response = post(stock_client, f"{LIST}ARC/counts/", {"counted": 8, "reason": "Thief"})

    assert (response.status_code, response.json()["code"]) == (409, "stock_would_turn_negative")
    assert response.json()["available"] == 11
    assert not StockMovement.objects.filter(kind="count").exists()


def test_a_transfer_adds_up_lines_of_one_sku(stock_client: APIClient, north: Warehouse) -> None:
    VariantFactory.create(sku="ARC", on_hand=5)

    refused = post(stock_client, TRANSFERS, transfer(("ARC", 3), ("ARC", 3)))
    moved = post(stock_client, TRANSFERS, transfer(("ARC", 3), ("ARC", 2)), "second")

    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient_stock")
    assert refused.json()["available"] == {"ARC": 5}
    assert moved.status_code == 201
    ((row,),) = [moved.json()]
    assert [(level["warehouse"], level["on_hand"]) for level in row["warehouses"]] == [
        ("main", 0),
        ("north", 5),
    ]
    assert StockMovement.objects.filter(kind="transfer").count() == 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (transfer(), "/lines"),
        (transfer(("NONE", 1)), "/lines/0/sku"),
        (transfer(("ARC", 0)), "/lines/0/quantity"),
        (transfer(("ARC", "1")), "/lines/0/quantity"),
        (transfer(("ARC", 1), target="main"), "/target"),
        (transfer(("ARC", 1), target="south"), "/target"),
        (transfer(("ARC", 1), source=["main"]), "/source"),
        (transfer(("ARC", 1), reason=""), "/reason"),
        (transfer(*[("ARC", 1)] * 101), "/lines"),
    ],
)
def test_a_malformed_transfer_is_refused(
    stock_client: APIClient, north: Warehouse, body: Any, pointer: str
) -> None:
    VariantFactory.create(sku="ARC")

    response = post(stock_client, TRANSFERS, body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer
    assert not StockMovement.objects.filter(kind="transfer").exists()


def test_staff_say_on_what_terms_a_sku_is_sold(stock_client: APIClient, north: Warehouse) -> None:
    VariantFactory.create(sku="ARC", on_hand=2)

    ahead = stock_client.put(f"{LIST}ARC/terms/", TERMS)
    kept = stock_client.put(f"{LIST}ARC/safety-stock/", {"warehouse": "main", "units": 2})

    assert (ahead.status_code, ahead.json()["available"]) == (200, 5)
    assert {name: kept.json()[name] for name in TERMS} == TERMS
    assert (kept.json()["available"], kept.json()["availability"]) == (3, "preorder")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"policy": "always"}, "/policy"),
        ({"expected_on": None}, "/expected_on"),
        ({"expected_on": "soon"}, "/expected_on"),
        ({"backorder_limit": -1}, "/backorder_limit"),
        ({"backorder_limit": 2**31}, "/backorder_limit"),
    ],
)
def test_malformed_terms_are_refused(
    stock_client: APIClient, changes: dict[str, Any], pointer: str
) -> None:
    VariantFactory.create(sku="ARC")

    response = stock_client.put(f"{LIST}ARC/terms/", TERMS | changes)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer
    assert Stock.objects.get().policy == "none"


def test_what_was_sold_ahead_stays_within_the_limit(stock_client: APIClient) -> None:
    arc = VariantFactory.create(sku="ARC", on_hand=0)
    stock_client.put(f"{LIST}ARC/terms/", TERMS)
    stock.allocate({arc.pk: 3}, reference="8K2M")

    response = stock_client.put(f"{LIST}ARC/terms/", TERMS | {"backorder_limit": 2})

    assert (response.status_code, response.json()["code"]) == (409, "backorder_limit_too_low")
    assert response.json()["owed"] == 3


def test_bookings_need_the_permission(clerk_client: APIClient, north: Warehouse) -> None:
    VariantFactory.create(sku="ARC")

    for response in (
        post(clerk_client, f"{LIST}ARC/counts/", {"counted": 1, "reason": "x"}),
        post(clerk_client, TRANSFERS, transfer(("ARC", 1))),
        clerk_client.put(f"{LIST}ARC/terms/", TERMS),
        clerk_client.put(f"{LIST}ARC/safety-stock/", {"warehouse": "main", "units": 1}),
    ):
        assert response.status_code == 403
    assert StockMovement.objects.exclude(kind="receipt").count() == 0
