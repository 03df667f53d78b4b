"""What the OpenAPI document shows of pictures to staff."""

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import id_in_path

IMAGE_ID = id_in_path(example=44)
_NAME = "https://shop.example/media/products/5f0c2a9d41e84c0b9a7d3e6f10b2c4d8"
_MADE = {
    "id": 44,
    "status": "processing",
    "url": None,
    "alt": "The mug, from above",
    "position": 1,
    "width": None,
    "height": None,
    "renditions": [],
    "failure": None,
    "created_at": "2026-10-05T09:30:00Z",
}
IMAGE = OpenApiExample(
    "A picture of a mug",
    response_only=True,
    value={
        **_MADE,
        "status": "ready",
        "url": f"{_NAME}.webp",
        "width": 1600,
        "height": 1200,
        "renditions": [
            {"url": f"{_NAME}-320.webp", "width": 320, "height": 240},
            {"url": f"{_NAME}.webp", "width": 1600, "height": 1200},
        ],
    },
)
MADE_IMAGE = OpenApiExample(
    "It is being made", response_only=True, status_codes=["202"], value=_MADE
)
NEW_IMAGE = OpenApiExample(
    "A picture of a mug",
    request_only=True,
    media_type="multipart/form-data",
    value={"file": "the bytes of mug.jpg", "alt": "The mug, from above", "position": "0"},
)
IMAGE_CHANGE = OpenApiExample(
    "To the front", request_only=True, value={"position": 0, "alt": "The mug on a table"}
)
