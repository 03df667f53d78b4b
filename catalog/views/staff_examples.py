"""What the OpenAPI document shows of the catalogue to staff: a mug of the demo shop."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import id_in_path, in_path

_ID: Final[dict[str, Any]] = {
    "type": "integer",
    "format": "int64",
    "minimum": 0,
    "maximum": 2**63 - 1,
}
PRODUCT_ID = id_in_path(example=12)
OWNER_ID = in_path("product_id", _ID, example=12)
VARIANT_ID = id_in_path(example=31)
CATEGORY_ID = id_in_path(example=5)
BRAND_ID = id_in_path(example=7)


def _shown(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, response_only=True, value=value)


def _sent(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, request_only=True, value=value)


_ROW = {
    "id": 12,
    "name": "Harbour Porcelain Mug",
    "slug": "harbour-porcelain-mug",
    "brand": "ottersby",
    "category": "mugs-cups",
    "status": "published",
    "publish_from": "2026-11-01T00:00:00Z",
    "publish_until": None,
    "created_at": "2026-10-05T09:30:00Z",
}
PRODUCT_ROW = _shown("A mug in two colours", {**_ROW, "variant_count": 2})
PRODUCT = _shown(
    "A mug in two colours",
    {
        **_ROW,
        "description": "An honest, everyday mug in porcelain, made to survive the dishwasher.",
        "seo_title": "Porcelain mug by Ottersby",
        "seo_description": "",
        "options": ["Colour"],
        "attributes": {"Material": "Porcelain", "Origin": "Japan"},
    },
)
NEW_PRODUCT = _sent(
    "A mug, to be shown from November on",
    {
        "name": "Harbour Porcelain Mug",
        "status": "published",
        "publish_from": "2026-11-01T00:00:00Z",
        "options": ["Colour"],
        "attributes": {"Material": "Porcelain", "Origin": "Japan"},
    },
)
PRODUCT_CHANGE = _sent("Archive it", {"status": "archived"})
_VARIANT = {
    "sku": "MUG-HARBOUR-OAT",
    "barcode": "2415158239000",
    "options": {"Colour": "Oat"},
    "position": 0,
    "is_active": True,
    "weight_grams": 410,
    "length_mm": 125,
    "width_mm": 95,
    "height_mm": 110,
}
_PRICES = [{"currency": "USD", "amount": "23.50", "compare_at": "26.00"}]
VARIANT = _shown("Oat", {"id": 31, **_VARIANT, "prices": _PRICES})
NEW_VARIANT = _sent("Oat", {**_VARIANT, "prices": _PRICES})
VARIANT_CHANGE = _sent("A lower price", {"prices": _PRICES})
CATEGORY = _shown(
    "A branch",
    {
        "id": 5,
        "name": "Mugs & Cups",
        "slug": "mugs-cups",
        "description": "",
        "parent": "tableware",
        "depth": 3,
        "child_count": 0,
    },
)
NEW_CATEGORY = _sent("A root", {"name": "Mugs & Cups"})
CATEGORY_CHANGE = _sent("Another name", {"name": "Mugs, Cups & Bowls"})
CATEGORY_PLACE = _sent("To the roots", {"parent": None})
BRAND = _shown("A brand", {"id": 7, "name": "Ottersby", "slug": "ottersby"})
NEW_BRAND = _sent("A brand", {"name": "Ottersby"})
BRAND_CHANGE = _sent("Another name", {"name": "Ottersby & Daughters"})
