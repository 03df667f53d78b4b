"""What the OpenAPI document shows of the catalogue: a mug of the demo shop."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import slug_in_path

PRODUCT_SLUG = slug_in_path("slug", max_length=255, example="harbour-porcelain-mug")
CATEGORY_SLUG = slug_in_path("slug", max_length=255, example="mugs-cups")
COLLECTION_SLUG = slug_in_path("slug", max_length=255, example="a-slow-breakfast")

_BRAND = {"name": "Ottersby", "slug": "ottersby"}
_CATEGORY = {"name": "Mugs & Cups", "slug": "mugs-cups"}
_BREADCRUMBS = [
    {"name": "Kitchen & Table", "slug": "kitchen-table"},
    {"name": "Tableware", "slug": "tableware"},
    _CATEGORY,
]
_IMAGE = {
    "url": "https://shop.example/media/products/5f0c2a9d41e84c0b9a7d3e6f10b2c4d8.webp",
    "alt": "Harbour Porcelain Mug",
    "width": 1600,
    "height": 1200,
    "renditions": [
        {
            "url": "https://shop.example/media/products/5f0c2a9d41e84c0b9a7d3e6f10b2c4d8-320.webp",
            "width": 320,
            "height": 240,
        },
        {
            "url": "https://shop.example/media/products/5f0c2a9d41e84c0b9a7d3e6f10b2c4d8.webp",
            "width": 1600,
            "height": 1200,
        },
    ],
}


def _variant(colour: str, *, barcode: str, available: int) -> dict[str, Any]:
    return {
        "sku": f"MUG-HARBOUR-{colour.upper()}",
        "barcode": barcode,
        "options": {"Colour": colour},
        "weight_grams": 410,
        "length_mm": 125,
        "width_mm": 95,
        "height_mm": 110,
        "price": "23.50",
        "compare_at": None,
        "lowest_price_30d": None,
        "tiers": [{"min_quantity": 10, "amount": "21.00"}],
        "currency": "USD",
        "availability": "in_stock" if available else "out_of_stock",
        "available": available,
        "expected_on": None,
    }


CARD_EXAMPLE = OpenApiExample(
    "A card",
    response_only=True,
    value={
        "slug": "harbour-porcelain-mug",
        "name": "Harbour Porcelain Mug",
        "brand": _BRAND,
        "category": _CATEGORY,
        "price_min": "23.50",
        "price_max": "23.50",
        "compare_at": None,
        "lowest_price_30d": None,
        "currency": "USD",
        "image": _IMAGE,
        "rating": "4.50",
        "review_count": 12,
        "availability": "in_stock",
        "highlight": None,
    },
)
DETAIL_EXAMPLE = OpenApiExample(
    "A mug in two colours",
    response_only=True,
    value={
        "slug": "harbour-porcelain-mug",
        "name": "Harbour Porcelain Mug",
        "description": "An honest, everyday mug in porcelain, made to survive the dishwasher.",
        "brand": _BRAND,
        "category": _CATEGORY,
        "breadcrumbs": _BREADCRUMBS,
        "options": ["Colour"],
        "attribute_values": [
            {
                "code": "material",
                "name": "Material",
                "type": "choice",
                "value": "porcelain",
                "unit": None,
                "label": "Porcelain",
                "color": None,
            },
            {
                "code": "weight",
                "name": "Weight",
                "type": "number",
                "value": 400,
                "unit": "g",
                "label": "400 g",
                "color": None,
            },
        ],
        "attributes": {"Origin": "Japan"},
        "currency": "USD",
        "variants": [
            _variant("Oat", barcode="2415158239000", available=53),
            _variant("Sky", barcode="2945634888588", available=0),
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
        "name": "Kitchen & Table",
        "slug": "kitchen-table",
        "product_count": 31,
        "children": [
            {"name": "Tea & Coffee", "slug": "tea-coffee", "product_count": 9, "children": []}
        ],
    },
)
CATEGORY_EXAMPLE = OpenApiExample(
    "A branch",
    response_only=True,
    value={
        "name": "Tableware",
        "slug": "tableware",
        "product_count": 14,
        "description": "For breakfast, for guests, and for the last piece of cake.",
        "breadcrumbs": _BREADCRUMBS[:2],
        "children": [{**_CATEGORY, "product_count": 6}],
    },
)
BRAND_EXAMPLE = OpenApiExample("A brand", response_only=True, value={**_BRAND, "product_count": 8})
_COLLECTION = {"name": "A slow breakfast", "slug": "a-slow-breakfast", "product_count": 8}
COLLECTION_ENTRY_EXAMPLE = OpenApiExample("A collection", response_only=True, value=_COLLECTION)
COLLECTION_EXAMPLE = OpenApiExample(
    "A collection",
    response_only=True,
    value={
        **_COLLECTION,
        "description": "What a Sunday morning wants.",
        "seo_title": "Everything for a slow breakfast",
        "seo_description": "",
    },
)
SUGGESTIONS_EXAMPLE = OpenApiExample(
    "What begins with mug",
    response_only=True,
    value={
        "products": [{"name": "Harbour Porcelain Mug", "slug": "harbour-porcelain-mug"}],
        "categories": [_CATEGORY],
        "brands": [],
    },
)
FACETS_EXAMPLE = OpenApiExample(
    "In stock, by Ottersby",
    response_only=True,
    value={
        "count": 8,
        "currency": "USD",
        "categories": [
            {"name": "Kitchen & Table", "slug": "kitchen-table", "parent": None, "count": 8},
            {"name": "Tableware", "slug": "tableware", "parent": "kitchen-table", "count": 5},
        ],
        "brands": [{**_BRAND, "count": 8}, {"name": "Lindholm", "slug": "lindholm", "count": 3}],
        "prices": [{"min_price": "20.00", "max_price": "49.99", "count": 6}],
        "attributes": [
            {
                "code": "material",
                "name": "Material",
                "type": "choice",
                "unit": None,
                "range": None,
                "values": [
                    {"value": "porcelain", "label": "Porcelain", "color": None, "count": 3},
                    {"value": "stoneware", "label": "Stoneware", "color": None, "count": 2},
                ],
            },
            {
                "code": "weight",
                "name": "Weight",
                "type": "number",
                "unit": "g",
                "range": {"min": 120, "max": 2400, "count": 8},
                "values": [],
            },
        ],
        "ratings": [{"min_rating": 4, "count": 5}],
        "availability": [{"in_stock": True, "count": 8}, {"in_stock": False, "count": 1}],
    },
)
MISS_EXAMPLE = OpenApiExample(
    "Sought in vain",
    response_only=True,
    value={"query": "hammock", "count": 17, "last_seen_on": "2026-11-22"},
)
