"""What the OpenAPI document shows of the catalogue."""

from drf_spectacular.utils import OpenApiExample

_BRAND = {"name": "Lindholm", "slug": "lindholm"}
_CATEGORY = {"name": "Desk lamps", "slug": "desk-lamps"}
_IMAGE = {
    "url": "https://shop.example/media/products/5f0c2a9d41e84c0b9a7d3e6f10b2c4d8.webp",
    "alt": "The lamp on a desk",
    "width": 1600,
    "height": 1200,
}

CARD = {
    "slug": "arc-desk-lamp",
    "name": "Arc desk lamp",
    "brand": _BRAND,
    "category": _CATEGORY,
    "price_min": "79.00",
    "price_max": "89.00",
    "compare_at": "99.00",
    "currency": "USD",
    "image": _IMAGE,
    "rating": "4.50",
    "review_count": 12,
    "availability": "in_stock",
}
CARD_EXAMPLE = OpenApiExample("A card", value=CARD, response_only=True)
DETAIL_EXAMPLE = OpenApiExample(
    "A lamp in two colours",
    response_only=True,
    value={
        "slug": "arc-desk-lamp",
        "name": "Arc desk lamp",
        "description": "A warm light that bends where you need it.",
        "brand": _BRAND,
        "category": _CATEGORY,
        "breadcrumbs": [{"name": "Lighting", "slug": "lighting"}, _CATEGORY],
        "options": ["Colour"],
        "attributes": {"Height": "45 cm", "Socket": "E14"},
        "currency": "USD",
        "variants": [
            {
                "sku": "ARC-BLK",
                "barcode": "4006381333931",
                "options": {"Colour": "Black"},
                "price": "79.00",
                "compare_at": "99.00",
                "currency": "USD",
                "availability": "in_stock",
                "available": 14,
            },
            {
                "sku": "ARC-BRS",
                "barcode": "4006381333948",
                "options": {"Colour": "Brass"},
                "price": "89.00",
                "compare_at": None,
                "currency": "USD",
                "availability": "out_of_stock",
                "available": 0,
            },
        ],
        "images": [_IMAGE],
        "rating": "4.50",
        "review_count": 12,
    },
)
TREE_EXAMPLE = OpenApiExample(
    "A root with a branch",
    response_only=True,
    value={
        "name": "Lighting",
        "slug": "lighting",
        "product_count": 31,
        "children": [{**_CATEGORY, "product_count": 12, "children": []}],
    },
)
CATEGORY_EXAMPLE = OpenApiExample(
    "A branch",
    response_only=True,
    value={
        **_CATEGORY,
        "product_count": 12,
        "description": "Light for work and reading.",
        "breadcrumbs": [{"name": "Lighting", "slug": "lighting"}, _CATEGORY],
        "children": [{"name": "Clamp lamps", "slug": "clamp-lamps", "product_count": 3}],
    },
)
BRAND_EXAMPLE = OpenApiExample("A brand", response_only=True, value={**_BRAND, "product_count": 8})
STOCK_EXAMPLE = OpenApiExample(
    "Twelve, three of them promised",
    response_only=True,
    value={
        "sku": "ARC-BLK",
        "product": "Arc desk lamp",
        "on_hand": 12,
        "allocated": 3,
        "available": 9,
    },
)
ADJUSTMENT_EXAMPLE = OpenApiExample(
    "Two were broken", request_only=True, value={"change": -2, "reason": "Broken in the warehouse"}
)
MOVEMENT_EXAMPLE = OpenApiExample(
    "A correction",
    response_only=True,
    value={
        "id": 4711,
        "kind": "adjustment",
        "on_hand_change": -2,
        "allocated_change": 0,
        "reference": "",
        "reason": "Broken in the warehouse",
        "actor": "grace@shop.example",
        "recorded_at": "2026-11-22T14:29:41Z",
    },
)
