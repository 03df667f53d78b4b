"""What the OpenAPI document shows of price lists."""

from typing import Final

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import id_in_path

PRICE_LIST_ID: Final = id_in_path(example=2)
_WRITTEN: Final = {
    "name": "Winter sale",
    "customer_group": None,
    "starts_at": "2026-12-27T00:00:00Z",
    "ends_at": "2027-01-10T00:00:00Z",
    "is_active": True,
}
PRICE_LIST: Final = OpenApiExample(
    "A sale",
    response_only=True,
    value={"id": 2, **_WRITTEN, "entry_count": 1, "created_at": "2026-11-20T09:30:00Z"},
)
NEW_PRICE_LIST: Final = OpenApiExample("A sale", request_only=True, value=_WRITTEN)
PRICE_LIST_CHANGE: Final = OpenApiExample("End it", request_only=True, value={"is_active": False})
ENTRY: Final = OpenApiExample(
    "A price from ten on",
    response_only=True,
    value={
        "sku": "MUG-BLUE",
        "currency": "USD",
        "min_quantity": 10,
        "amount": "21.00",
    },
)
ENTRIES: Final = OpenApiExample(
    "Two prices, and one that goes",
    request_only=True,
    value={
        "entries": [
            {"sku": "MUG-BLUE", "currency": "USD", "amount": "22.00"},
            {"sku": "MUG-BLUE", "currency": "USD", "min_quantity": 10, "amount": "21.00"},
            {"sku": "MUG-BLUE", "currency": "EUR", "amount": None},
        ]
    },
)
ENTRIES_PUT: Final = OpenApiExample("Two changed", response_only=True, value={"changed": 2})
