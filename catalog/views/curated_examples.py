"""What the OpenAPI document shows of collections to staff."""

from typing import Final

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import id_in_path

COLLECTION_ID: Final = id_in_path(example=3)
_WRITTEN: Final = {
    "name": "A slow breakfast",
    "slug": "a-slow-breakfast",
    "description": "What a Sunday morning wants.",
    "status": "published",
    "publish_from": "2026-11-01T00:00:00Z",
    "publish_until": None,
    "seo_title": "Everything for a slow breakfast",
    "seo_description": "",
}
COLLECTION: Final = OpenApiExample(
    "A collection",
    response_only=True,
    value={"id": 3, **_WRITTEN, "product_count": 2, "created_at": "2026-10-05T09:30:00Z"},
)
NEW_COLLECTION: Final = OpenApiExample(
    "A collection, to be shown from November on",
    request_only=True,
    value={name: value for name, value in _WRITTEN.items() if name != "slug"},
)
COLLECTION_CHANGE: Final = OpenApiExample(
    "Archive it", request_only=True, value={"status": "archived"}
)
ARRANGEMENT: Final = OpenApiExample("Two products", request_only=True, value={"products": [12, 7]})
ARRANGED: Final = OpenApiExample(
    "Two products",
    response_only=True,
    value={
        "products": [
            {
                "id": 12,
                "name": "Harbour Porcelain Mug",
                "slug": "harbour-porcelain-mug",
                "status": "published",
            },
            {"id": 7, "name": "Cove Toast Rack", "slug": "cove-toast-rack", "status": "draft"},
        ]
    },
)
