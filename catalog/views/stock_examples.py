"""What the OpenAPI document shows of the stock: a mug of the demo shop."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import id_in_path, text_in_path

SKU = text_in_path("sku", max_length=64, example="MUG-HARBOUR-OAT")
WAREHOUSE_ID = id_in_path(example=2)


def _shown(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, response_only=True, value=value)


def _sent(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, request_only=True, value=value)


STOCK = _shown(
    "Fifty-three in two warehouses, three of them promised",
    {
        "sku": "MUG-HARBOUR-OAT",
        "product": "Harbour Porcelain Mug",
        "on_hand": 53,
        "allocated": 3,
        "available": 48,
        "availability": "in_stock",
        "policy": "none",
        "backorder_limit": 0,
        "expected_on": None,
        "low_stock_threshold": None,
        "warehouses": [
            {
                "warehouse": "main",
                "on_hand": 41,
                "allocated": 3,
                "safety_stock": 2,
                "available": 36,
            },
            {
                "warehouse": "north",
                "on_hand": 12,
                "allocated": 0,
                "safety_stock": 0,
                "available": 12,
            },
        ],
    },
)
ADJUSTMENT = _sent("Two were broken", {"change": -2, "reason": "Broken in the warehouse"})
COUNT = _sent(
    "Seventeen were counted", {"counted": 17, "warehouse": "main", "reason": "Inventory of spring"}
)
TRANSFER = _sent(
    "Five go north",
    {
        "source": "main",
        "target": "north",
        "lines": [{"sku": "MUG-HARBOUR-OAT", "quantity": 5}],
        "reason": "For the fair",
    },
)
TERMS = _sent(
    "Twenty on pre-order",
    {
        "policy": "preorder",
        "backorder_limit": 20,
        "expected_on": "2027-03-01",
        "low_stock_threshold": None,
    },
)
SAFETY = _sent("Two are kept back", {"warehouse": "main", "units": 2})
MOVEMENT = _shown(
    "A correction",
    {
        "id": 4711,
        "warehouse": "main",
        "kind": "adjustment",
        "on_hand_change": -2,
        "allocated_change": 0,
        "reference": "",
        "reason": "Broken in the warehouse",
        "actor": "catalogue@shop.example",
        "recorded_at": "2026-11-22T14:29:41Z",
    },
)
_NORTH = {
    "code": "north",
    "name": "Northern depot",
    "address": "2 Quay Road",
    "country": "GB",
    "priority": 200,
}
WAREHOUSE = _shown("A second one", {"id": 2, **_NORTH, "is_active": True, "is_default": False})
NEW_WAREHOUSE = _sent("A second one", _NORTH)
WAREHOUSE_CHANGE = _sent("It sends first from now on", {"priority": 50})
