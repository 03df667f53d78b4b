"""What the OpenAPI document shows of attributes: what the demo shop says of its mugs."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import id_in_path

ATTRIBUTE_ID = id_in_path(example=3)
_MATERIAL: dict[str, Any] = {
    "code": "material",
    "name": "Material",
    "type": "choice",
    "unit": "",
    "is_filterable": True,
    "is_searchable": True,
    "position": 0,
    "categories": [],
    "choices": [
        {"code": "porcelain", "label": "Porcelain"},
        {"code": "stoneware", "label": "Stoneware"},
    ],
}
ATTRIBUTE = OpenApiExample(
    "What it is made of",
    response_only=True,
    value={
        "id": 3,
        **_MATERIAL,
        "choices": [{**choice, "color": None} for choice in _MATERIAL["choices"]],
    },
)
NEW_ATTRIBUTE = OpenApiExample("What it is made of", request_only=True, value=_MATERIAL)
ATTRIBUTE_CHANGE = OpenApiExample(
    "Let it be filtered by", request_only=True, value={"is_filterable": True}
)
