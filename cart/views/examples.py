"""What the API's documentation shows: mugs of the demo shop in a cart."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import text_in_path

SKU = text_in_path("sku", max_length=64, example="MUG-HARBOUR-OAT")

_CART: Final[dict[str, Any]] = {
    "token": None,
    "currency": "USD",
    "lines": [
        {
            "sku": "MUG-HARBOUR-OAT",
            "product": {"slug": "harbour-porcelain-mug", "name": "Harbour Porcelain Mug"},
            "options": {"Colour": "Oat"},
            "image": {
                "url": "https://shop.example/media/products/5f0c2a9d41e84c0b9a7d3e6f10b2c4d8.webp",
                "alt": "Harbour Porcelain Mug",
                "width": 1600,
                "height": 1200,
                "renditions": [
                    {
                        "url": "https://shop.example/media/products/"
                        "5f0c2a9d41e84c0b9a7d3e6f10b2c4d8.webp",
                        "width": 1600,
                        "height": 1200,
                    }
                ],
            },
            "quantity": 2,
            "unit_price": "23.50",
            "total": "47.00",
            "available": 53,
            "warnings": [],
        }
    ],
    "item_count": 2,
    "subtotal": "47.00",
    "discount_total": "0.00",
    "total": "47.00",
}
_EMPTY: Final = {**_CART, "lines": [], "item_count": 0, "subtotal": "0.00", "total": "0.00"}

TWO_MUGS = OpenApiExample(
    "Two mugs", value={"sku": "MUG-HARBOUR-OAT", "quantity": 2}, request_only=True
)
TWO = OpenApiExample("Two", value={"quantity": 2}, request_only=True)
CART = OpenApiExample("Two mugs", value=_CART, response_only=True)
EMPTY_CART = OpenApiExample("Nothing yet", value=_EMPTY, response_only=True)
NEW_CART = OpenApiExample(
    "A new guest",
    value={**_CART, "token": "kT3vXw0oYk1c8Zb5mJ7uQe2rNf9sHd4aLg6pVi0xCyE"},
    response_only=True,
)
MERGED_CART = OpenApiExample(
    "Merged",
    value={
        **_CART,
        "left_out": [{"sku": "MUG-NETTLE-RUST", "quantity": 1, "code": "currency_mismatch"}],
    },
    response_only=True,
)
