"""Parameters that operations of several apps take, with their bounds."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter

from ecommerce_backend.common.idempotency import HEADER, MAX_LENGTH

_LARGEST_ID: Final = 2**63 - 1
# Without an example: pages that try the API would send the same key for everything.
_KEY: Final[dict[str, Any]] = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_LENGTH,
    "pattern": "^[\\x20-\\x7e]+$",
}

CURRENCY: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": "^[A-Z]{3}$",
    "examples": ["USD"],
}
IDEMPOTENCY_KEY: Final = OpenApiParameter(
    HEADER,
    _KEY,
    OpenApiParameter.HEADER,
    required=True,
    description="Such as a UUID; new for each thing you want done. A repeat within 24 hours gets"
    " the first answer again and does nothing.",
)
OPTIONAL_IDEMPOTENCY_KEY: Final = OpenApiParameter(
    HEADER,
    _KEY,
    OpenApiParameter.HEADER,
    description="Such as a UUID. With it, a repeat within 24 hours gets the first answer again and"
    " does nothing.",
)


def in_path(name: str, schema: dict[str, Any], *, example: str | int) -> OpenApiParameter:
    return OpenApiParameter(name, {**schema, "examples": [example]}, OpenApiParameter.PATH)


def slug_in_path(name: str, *, max_length: int, example: str) -> OpenApiParameter:
    schema = {
        "type": "string",
        "minLength": 1,
        "maxLength": max_length,
        "pattern": "^[-a-zA-Z0-9_]+$",
    }
    return in_path(name, schema, example=example)


def text_in_path(name: str, *, max_length: int, example: str) -> OpenApiParameter:
    schema = {"type": "string", "minLength": 1, "maxLength": max_length}
    return in_path(name, schema, example=example)


def id_in_path(name: str = "id", *, example: int) -> OpenApiParameter:
    schema = {"type": "integer", "format": "int64", "minimum": 0, "maximum": _LARGEST_ID}
    return in_path(name, schema, example=example)


def token_header(name: str, *, description: str, required: bool = False) -> OpenApiParameter:
    """Return a header by which a guest shows whose something is; whatever is in it is looked up."""
    return OpenApiParameter(
        name,
        {"type": "string", "minLength": 1} if required else str,
        OpenApiParameter.HEADER,
        required=required,
        description=description,
    )
