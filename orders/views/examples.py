"""What the documentation shows of checkout and orders: two mugs of the demo shop to Oxford."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import in_path, token_header

NUMBER = in_path(
    "number",
    {
        "type": "string",
        "minLength": 10,
        "maxLength": 10,
        "pattern": "^[2-9A-HJKMNP-TV-Z]+$",
        "description": "The order's number.",
    },
    example="8K2MZ4T7QA",
)
CART_TOKEN = token_header("X-Cart-Token", description="Whose cart, for guests.")
ORDER_TOKEN = token_header(
    "X-Order-Token",
    description="Opens a guest's order; it came with the answer to placing it.",
)

_ADDRESS: dict[str, Any] = {
    "full_name": "Robin Example",
    "line1": "118 Cowley Road",
    "city": "Oxford",
    "postal_code": "OX4 1JE",
    "country": "GB",
}
_AMOUNTS: dict[str, Any] = {
    "subtotal": "47.00",
    "discount_total": "0.00",
    "shipping_total": "7.90",
    "tax_total": "10.98",
    "total": "65.88",
}
_TAX = {"name": "VAT", "rate": "20", "amount": "10.98", "shipping_amount": "1.58"}
_LINE: dict[str, Any] = {
    "sku": "MUG-HARBOUR-OAT",
    "name": "Harbour Porcelain Mug",
    "options": {"Colour": "Oat"},
    "quantity": 2,
    "unit_price": "23.50",
    "total": "47.00",
    "tax_total": "9.40",
}
_STANDARD: dict[str, Any] = {
    "code": "standard",
    "name": "Standard, 3 to 5 days",
    "amount": "7.90",
    "currency": "USD",
}
_TOKEN = "eyJjYXJ0IjoxfQ:1vMbYp:kq8zT1v0T0m3"  # noqa: S105

SHIPPING_METHODS = OpenApiExample("To Britain", value=_STANDARD, response_only=True)
ASK_FOR_QUOTE = OpenApiExample(
    "To Oxford",
    value={"shipping_address": _ADDRESS, "shipping_method": "standard"},
    request_only=True,
)
_QUOTE: dict[str, Any] = {
    "currency": "USD",
    "shipping_method": "standard",
    "shipping_methods": [_STANDARD],
    "lines": [_LINE],
    **_AMOUNTS,
    "taxes": [_TAX],
    "quote": _TOKEN,
    "expires_at": "2026-11-22T14:59:41Z",
}
QUOTE = OpenApiExample("Two mugs to Oxford", value=_QUOTE, response_only=True)
EXPLAINED_QUOTE = OpenApiExample(
    "With every step",
    value={
        **_QUOTE,
        "explanation": [
            {"step": "line", "detail": "MUG-HARBOUR-OAT: 2 × 23.50", "amount": "47.00"},
            {"step": "subtotal", "detail": "All lines.", "amount": "47.00"},
            {
                "step": "shipping",
                "detail": "Standard, 3 to 5 days to GB",
                "amount": "7.90",
            },
            {
                "step": "line_tax",
                "detail": "VAT 20 % of MUG-HARBOUR-OAT, rounded half-up to 0.01 USD",
                "amount": "9.40",
            },
            {
                "step": "shipping_tax",
                "detail": "VAT 20 % of shipping, rounded half-up to 0.01 USD",
                "amount": "1.58",
            },
            {"step": "tax", "detail": "All taxes.", "amount": "10.98"},
            {"step": "total", "detail": "Subtotal, shipping and tax.", "amount": "65.88"},
        ],
    },
    response_only=True,
)
PLACE_ORDER = OpenApiExample(
    "From a guest",
    value={
        "email": "ada.merrow@example.com",
        "shipping_address": _ADDRESS,
        "shipping_method": "standard",
        "quote": _TOKEN,
    },
    request_only=True,
)
_FULL_ADDRESS = {**_ADDRESS, "company": "", "line2": "", "region": "", "phone": ""}
ORDER_VALUE: dict[str, Any] = {
    "number": "8K2MZ4T7QA",
    "status": "pending",
    "payment_status": "unpaid",
    "fulfillment_status": "unfulfilled",
    "email": "ada.merrow@example.com",
    "currency": "USD",
    "lines": [{**_LINE, "quantity_fulfilled": 0}],
    **_AMOUNTS,
    "taxes": [{"name": "VAT", "rate": "20", "amount": "10.98"}],
    "shipping_method_code": "standard",
    "shipping_method_name": "Standard, 3 to 5 days",
    "shipping_address": _FULL_ADDRESS,
    "billing_address": _FULL_ADDRESS,
    "payments": [],
    "shipments": [],
    "payment_due_at": "2026-11-22T14:44:41Z",
    "created_at": "2026-11-22T14:29:41Z",
}
ORDER_IN_LIST = OpenApiExample(
    "Two mugs",
    value={
        "number": "8K2MZ4T7QA",
        "status": "pending",
        "payment_status": "unpaid",
        "fulfillment_status": "unfulfilled",
        "currency": "USD",
        "total": "65.88",
        "item_count": 2,
        "created_at": "2026-11-22T14:29:41Z",
    },
    response_only=True,
)
ORDER = OpenApiExample("Two mugs", value=ORDER_VALUE, response_only=True)
PLACED_ORDER = OpenApiExample(
    "Two mugs",
    value={**ORDER_VALUE, "token": "Xb3o1m9yq0tM4JcG2lUu0l5w4f8m7wRzqk2nVd1p0sE"},
    response_only=True,
)
CANCELED_ORDER = OpenApiExample(
    "Two mugs, canceled", value={**ORDER_VALUE, "status": "canceled"}, response_only=True
)
EVENT = OpenApiExample(
    "Paid",
    value={
        "kind": "confirmed",
        "from_status": "pending",
        "to_status": "confirmed",
        "created_at": "2026-11-22T14:31:07Z",
    },
    response_only=True,
)
CANCEL_ORDER = OpenApiExample(
    "A change of mind", value={"reason": "Ordered the wrong colour."}, request_only=True
)
