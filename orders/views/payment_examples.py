"""What the documentation shows of payments, refunds and parcels."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from ecommerce_backend.common.openapi import slug_in_path
from orders.views.examples import ORDER_VALUE

PROVIDER = slug_in_path("provider", max_length=32, example="sandbox")
SIGNATURE = OpenApiParameter(
    "Sandbox-Signature",
    {
        "type": "string",
        "examples": [
            "t=1795357802,v1=5f2c9b0f1d7e4a6b8c3d2e1f0a9b8c7d5f2c9b0f1d7e4a6b8c3d2e1f0a9b8c7d"
        ],
    },
    OpenApiParameter.HEADER,
    description="Of the sandbox: `t=<unix seconds>,v1=<hex HMAC-SHA256 of t.body>`. Each provider"
    " signs in its own way.",
)
_PAYMENT: dict[str, Any] = {
    "reference": "0d6f1f0f5b2c4e0f9a3c1b7de2a4f8c1",
    "provider": "sandbox",
    "status": "pending",
    "currency": "USD",
    "amount": "65.88",
    "captured_total": "0.00",
    "refunded_total": "0.00",
    "next_action": {
        "type": "redirect",
        "url": "https://shop.example/sandbox/pay/4u8mJ1y0q2fXv5kQm7c9aA/",
    },
    "failure_code": "",
    "created_at": "2026-11-22T14:30:02Z",
}
_TRANSFER: dict[str, Any] = {
    **_PAYMENT,
    "provider": "manual",
    "next_action": {
        "type": "instructions",
        "text": "Transfer the amount to the shop's account and name the order number."
        " Payment reference: 8K2MZ4T7QA.",
    },
}
_SHIPMENT: dict[str, Any] = {
    "id": 12,
    "carrier": "Royal Mail",
    "tracking_number": "RR123456785GB",
    "tracking_url": "https://parcels.example.com/RR123456785GB",
    "lines": [{"sku": "MUG-HARBOUR-OAT", "quantity": 1}],
    "created_at": "2026-11-23T09:12:00Z",
    "delivered_at": None,
}

START_PAYMENT = OpenApiExample(
    "By card",
    value={"provider": "sandbox", "return_url": "https://shop.example/thanks"},
    request_only=True,
)
REDIRECT = OpenApiExample("By card", value=_PAYMENT, response_only=True)
INSTRUCTIONS = OpenApiExample("By bank transfer", value=_TRANSFER, response_only=True)
NOTICE = OpenApiExample(
    "An approved payment of the sandbox",
    value={
        "id": "evt_5f2c9b0f1d7e4a6b8c3d2e1f0a9b8c7d",
        "type": "payment.approved",
        "payment": _PAYMENT["reference"],
        "amount": "65.88",
        "currency": "USD",
    },
    request_only=True,
)
NOTICE_RECEIPT = OpenApiExample("Applied", value={"outcome": "applied"}, response_only=True)

CAPTURE = OpenApiExample(
    "As the bank statement says",
    value={"amount": "65.88", "reference": "GB29NWBK60161331926819 8K2MZ4T7QA"},
    request_only=True,
)
CAPTURED = OpenApiExample(
    "Captured",
    value={**_TRANSFER, "status": "captured", "captured_total": "65.88"},
    response_only=True,
)
REFUND = OpenApiExample(
    "A scratch", value={"amount": "10.00", "reason": "Arrived with a scratch."}, request_only=True
)
REFUNDED = OpenApiExample(
    "Promised",
    value={
        "reference": "b1d6d7a0c53f4a3e8a0b5a5b4c3d2e1f",
        "payment": _PAYMENT["reference"],
        "status": "pending",
        "amount": "10.00",
        "currency": "USD",
        "reason": "Arrived with a scratch.",
        "created_at": "2026-11-25T08:00:00Z",
    },
    response_only=True,
)
SHIP = OpenApiExample(
    "One of two mugs",
    value={
        "lines": [{"sku": "MUG-HARBOUR-OAT", "quantity": 1}],
        "carrier": "Royal Mail",
        "tracking_number": "RR123456785GB",
        "tracking_url": "https://parcels.example.com/RR123456785GB",
    },
    request_only=True,
)
SHIPPED = OpenApiExample("Shipped", value=_SHIPMENT, response_only=True)
DELIVER = OpenApiExample("One parcel", value={"shipment": 12}, request_only=True)
DELIVERED = OpenApiExample(
    "Delivered", value={**_SHIPMENT, "delivered_at": "2026-11-24T10:31:00Z"}, response_only=True
)
NOTE = OpenApiExample(
    "A phone call", value={"text": "Asked to leave it with a neighbour."}, request_only=True
)
NOTED = OpenApiExample(
    "Noted",
    value={
        "kind": "noted",
        "from_status": "",
        "to_status": "",
        "details": {"text": "Asked to leave it with a neighbour."},
        "actor": "orders@shop.example",
        "created_at": "2026-11-23T11:00:00Z",
    },
    response_only=True,
)
STAFF_ORDER_IN_LIST = OpenApiExample(
    "Two mugs",
    value={
        "number": "8K2MZ4T7QA",
        "email": "ada.merrow@example.com",
        "customer": None,
        "status": "confirmed",
        "payment_status": "paid",
        "fulfillment_status": "unfulfilled",
        "currency": "USD",
        "total": "65.88",
        "payment_due_at": None,
        "created_at": "2026-11-22T14:29:41Z",
    },
    response_only=True,
)
_STAFF_PAYMENT = {
    **_PAYMENT,
    "status": "captured",
    "captured_total": "65.88",
    "provider_reference": "4u8mJ1y0q2fXv5kQm7c9aA",
    "refunds": [],
}
_STAFF_ORDER = {
    **ORDER_VALUE,
    "status": "confirmed",
    "payment_status": "paid",
    "payment_due_at": None,
    "customer": None,
    "payments": [_STAFF_PAYMENT],
    "events": [
        {
            "kind": "placed",
            "from_status": "",
            "to_status": "",
            "details": {},
            "actor": None,
            "created_at": "2026-11-22T14:29:41Z",
        }
    ],
}
STAFF_ORDER = OpenApiExample("Two mugs, paid", value=_STAFF_ORDER, response_only=True)
STAFF_CANCELED_ORDER = OpenApiExample(
    "Two mugs, canceled",
    value={**_STAFF_ORDER, "status": "canceled", "payment_status": "refunded"},
    response_only=True,
)
