"""What the documentation shows of checkout and orders."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

ADDRESS: dict[str, Any] = {
    "full_name": "Ada Customer",
    "line1": "1 Analytical Row",
    "city": "London",
    "postal_code": "N1 9GU",
    "country": "GB",
}
AMOUNTS: dict[str, Any] = {
    "subtotal": "40.00",
    "discount_total": "0.00",
    "shipping_total": "5.00",
    "taxes": [{"name": "VAT", "rate": "20", "amount": "9.00"}],
    "tax_total": "9.00",
    "total": "54.00",
}
LINE: dict[str, Any] = {
    "sku": "MUG-BLUE",
    "name": "Mug",
    "options": {"Colour": "Blue"},
    "quantity": 2,
    "unit_price": "20.00",
    "total": "40.00",
    "tax_total": "8.00",
}
STANDARD: dict[str, Any] = {
    "code": "standard",
    "name": "Standard",
    "amount": "5.00",
    "currency": "USD",
}
TOKEN = "eyJjYXJ0IjoxfQ:1vMbYp:kq8zT1v0T0m3"  # noqa: S105

SHIPPING_METHODS = OpenApiExample("To Britain", value=[STANDARD], response_only=True)
ASK_FOR_QUOTE = OpenApiExample(
    "To London",
    value={"shipping_address": ADDRESS, "shipping_method": "standard"},
    request_only=True,
)
QUOTE = OpenApiExample(
    "Two mugs to London",
    value={
        "currency": "USD",
        "shipping_method": "standard",
        "shipping_methods": [STANDARD],
        "lines": [LINE],
        **AMOUNTS,
        "taxes": [{"name": "VAT", "rate": "20", "amount": "9.00", "shipping_amount": "1.00"}],
        "quote": TOKEN,
        "expires_at": "2026-11-22T14:59:41Z",
    },
    response_only=True,
)
PLACE_ORDER = OpenApiExample(
    "From a guest",
    value={
        "email": "ada@shop.example",
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "quote": TOKEN,
    },
    request_only=True,
)
_FULL_ADDRESS = {**ADDRESS, "company": "", "line2": "", "region": "", "phone": ""}
_ORDER_VALUE: dict[str, Any] = {
    "number": "8K2MZ4T7QA",
    "status": "pending",
    "payment_status": "unpaid",
    "fulfillment_status": "unfulfilled",
    "email": "ada@shop.example",
    "currency": "USD",
    "lines": [{**LINE, "quantity_fulfilled": 0}],
    **AMOUNTS,
    "shipping_method_code": "standard",
    "shipping_method_name": "Standard",
    "shipping_address": _FULL_ADDRESS,
    "billing_address": _FULL_ADDRESS,
    "payments": [],
    "shipments": [],
    "payment_due_at": "2026-11-22T14:44:41Z",
    "created_at": "2026-11-22T14:29:41Z",
}
ORDER = OpenApiExample("Two mugs", value=_ORDER_VALUE, response_only=True)
PLACED_ORDER = OpenApiExample(
    "Two mugs",
    value={**_ORDER_VALUE, "token": "Xb3o1m9yq0tM4JcG2lUu0l5w4f8m7wRzqk2nVd1p0sE"},
    response_only=True,
)
CANCELED_ORDER = OpenApiExample(
    "Two mugs, canceled", value={**_ORDER_VALUE, "status": "canceled"}, response_only=True
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

CART_TOKEN = OpenApiParameter(
    "X-Cart-Token", str, OpenApiParameter.HEADER, description="Whose cart, for guests."
)
ORDER_TOKEN = OpenApiParameter(
    "X-Order-Token",
    str,
    OpenApiParameter.HEADER,
    description="Opens a guest's order; it came with the answer to placing it.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 255 printable ASCII characters, new for each order.",
)
OPTIONAL_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 printable ASCII characters; a repeat gets the first answer again.",
)
