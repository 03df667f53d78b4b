from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import StockMovement
from catalog.services import stock
from catalog.tests.factories import VariantFactory
from ecommerce_backend.common.models import Event
from users.models import User

pytestmark = pytest.mark.django_db
LIST = "/api/v1/staff/stock/"
ADJUSTMENTS = f"{LIST}ARC/adjustments/"
MOVEMENTS = f"{LIST}ARC/movements/"
IN_STOCK = {
    "availability": "in_stock",
    "policy": "none",
    "backorder_limit": 0,
    "expected_on": None,
    "low_stock_threshold": None,
}


def adjust(client: APIClient, body: Any, *, key: str = "first", url: str = ADJUSTMENTS) -> Any:
    return client.post(url, body, headers={"Idempotency-Key": key})


def test_the_list_says_what_there_is_and_what_is_promised(
    stock_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    arc = VariantFactory.create(sku="ARC", product__name="Arc lamp", on_hand=12)
    VariantFactory.create(sku="ZED", product__name="Zed chair")
    stock.allocate({arc.pk: 3}, reference="8K2M")

    with django_assert_num_queries(6):  # session, two of permissions, count, page, its levels
        page = stock_client.get(LIST).json()

    assert page["count"] == 2
    assert page["results"][0] == {
        "sku": "ARC",
        "product": "Arc lamp",
        "on_hand": 12,
        "allocated": 3,
        "available": 9,
        **IN_STOCK,
        "warehouses": [
            {"warehouse": "main", "on_hand": 12, "allocated": 3, "safety_stock": 0, "available": 9}
        ],
    }


@pytest.mark.parametrize("search", ["arc-", "LAMP", "lamp", "ÀRC"])
def test_stock_is_found_by_sku_or_name(stock_client: APIClient, search: str) -> None:
    VariantFactory.create(sku="ARC-1", product__name="Arc lamp")
    VariantFactory.create(sku="ZED-1", product__name="Zed chair")

    results = stock_client.get(LIST, {"search": search}).json()["results"]

    assert [row["sku"] for row in results] == ["ARC-1"]


def test_an_adjustment_is_written_to_the_ledger(
    stock_client: APIClient, stock_keeper: User
) -> None:
    variant = VariantFactory.create(sku="ARC", product__name="Arc lamp", on_hand=10)

    response = adjust(stock_client, {"change": -2, "reason": "Broken"})

    assert response.status_code == 201
    assert response.json() == {
        "sku": "ARC",
        "product": "Arc lamp",
        "on_hand": 8,
        "allocated": 0,
        "available": 8,
        **IN_STOCK,
        "warehouses": [
            {"warehouse": "main", "on_hand": 8, "allocated": 0, "safety_stock": 0, "available": 8}
        ],
    }
    movement = StockMovement.objects.get(kind=StockMovement.Kind.ADJUSTMENT)
    assert (movement.stock_id, movement.on_hand_change) == (variant.pk, -2)
    assert (movement.reason, movement.actor) == ("Broken", stock_keeper)
    assert Event.objects.latest("pk").payload == {"reference": "", "stock": {"ARC": 8}}


def test_an_adjustment_sent_twice_happens_once(stock_client: APIClient) -> None:
    variant = VariantFactory.create(sku="ARC", on_hand=10)
    body = {"change": 5, "reason": "Found"}

    first, again = adjust(stock_client, body), adjust(stock_client, body)
    other = adjust(stock_client, {"change": 6, "reason": "Found"})

    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    variant.stock.refresh_from_db()
    assert variant.stock.on_hand == 15


def test_an_adjustment_needs_a_key(stock_client: APIClient) -> None:
    variant = VariantFactory.create(sku="ARC", on_hand=10)

    response = stock_client.post(ADJUSTMENTS, {"change": 5, "reason": "Found"})

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")
    variant.stock.refresh_from_db()
    assert variant.stock.on_hand == 10


def test_promised_units_cannot_be_adjusted_away(stock_client: APIClient) -> None:
    variant = VariantFactory.create(sku="ARC", on_hand=10)
    stock.allocate({variant.pk: 7}, reference="8K2M")

    response = adjust(stock_client, {"change": -4, "reason": "Lost"})

    assert (response.status_code, response.json()["code"]) == (409, "stock_would_turn_negative")
    assert response.json()["available"] == 3
    variant.stock.refresh_from_db()
    assert (variant.stock.on_hand, variant.stock.allocated) == (10, 7)
    assert not StockMovement.objects.filter(kind=StockMovement.Kind.ADJUSTMENT).exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"reason": "x"}, "/change"),
        ({"change": 0, "reason": "x"}, "/change"),
        ({"change": 1.5, "reason": "x"}, "/change"),
        ({"change": "1", "reason": "x"}, "/change"),
        ({"change": True, "reason": "x"}, "/change"),
        ({"change": 2**31, "reason": "x"}, "/change"),
        ({"change": 1}, "/reason"),
        ({"change": 1, "reason": " "}, "/reason"),
        ({"change": 1, "reason": "x" * 201}, "/reason"),
        ({"change": 1, "reason": "nul\x00"}, "/reason"),
    ],
)
def test_a_malformed_adjustment_is_refused(
    stock_client: APIClient, body: Any, pointer: str
) -> None:
    VariantFactory.create(sku="ARC")

    response = adjust(stock_client, body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer
    assert not StockMovement.objects.filter(kind=StockMovement.Kind.ADJUSTMENT).exists()


def test_a_sku_may_hold_a_slash(stock_client: APIClient) -> None:
    VariantFactory.create(sku="ARC/7 blk", on_hand=1)
    url = f"{LIST}ARC/7%20blk/adjustments/"

    assert adjust(stock_client, {"change": 1, "reason": "x"}, url=url).json()["on_hand"] == 2


@pytest.mark.parametrize("sku", ["NONE", "nul%00", "x" * 300])
def test_an_unknown_sku_is_not_there(stock_client: APIClient, sku: str) -> None:
    url = f"{LIST}{sku}/adjustments/"

    assert adjust(stock_client, {"change": 1, "reason": "x"}, url=url).status_code == 404
    assert stock_client.get(f"{LIST}{sku}/movements/").status_code == 404


def test_the_ledger_is_shown_newest_first(
    stock_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    variant = VariantFactory.create(sku="ARC", on_hand=10)
    VariantFactory.create()
    stock.allocate({variant.pk: 2}, reference="8K2M")
    adjust(stock_client, {"change": -1, "reason": "Broken"})

    with django_assert_num_queries(5):  # session, two of permissions, stock, page
        page = stock_client.get(MOVEMENTS, {"page_size": 2}).json()
    last = stock_client.get(page["next"]).json()

    rows = [*page["results"], *last["results"]]
    assert [row["kind"] for row in rows] == ["adjustment", "allocation", "receipt"]
    assert rows[0] == {
        "id": rows[0]["id"],
        "warehouse": "main",
        "kind": "adjustment",
        "on_hand_change": -1,
        "allocated_change": 0,
        "reference": "",
        "reason": "Broken",
        "actor": "grace@shop.example",
        "recorded_at": rows[0]["recorded_at"],
    }
    assert (rows[1]["reference"], rows[1]["allocated_change"]) == ("8K2M", 2)
    assert rows[1]["actor"] is None


def test_being_staff_opens_nothing(clerk_client: APIClient, api_client: APIClient) -> None:
    variant = VariantFactory.create(sku="ARC")

    for client, status in ((clerk_client, 403), (api_client, 401)):
        assert client.get(LIST).status_code == status
        assert client.get(MOVEMENTS).status_code == status
        assert adjust(client, {"change": 1, "reason": "x"}).status_code == status
    variant.stock.refresh_from_db()
    assert variant.stock.on_hand == 10
