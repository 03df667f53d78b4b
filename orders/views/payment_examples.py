"""What the documentation shows of payments, refunds and parcels."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_PAYMENT: dict[str, Any] = {
    "reference": "0d6f1f0f5b2c4e0f9a3c1b7de2a4f8c1",
    "provider": "sandbox",
    "status": "pending",
    "currency": "USD",
    "amount": "54.00",
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
    "tracking_url": "https://track.example/RR123456785GB",
    "lines": [{"sku": "MUG-BLUE", "quantity": 1}],
    "created_at": "2026-11-23T09:12:00Z",
    "delivered_at": None,
}

START_PAYMENT = OpenApiExample(
    "By card",
    value={"provider": "sandbox", "return_url": "https://store.example/thanks"},
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
        "amount": "54.00",
        "currency": "USD",
    },
    request_only=True,
)
NOTICE_RECEIPT = OpenApiExample("Applied", value={"outcome": "applied"}, response_only=True)

CAPTURE = OpenApiExample(
    "As the bank statement says",
    value={"amount": "54.00", "reference": "GB29NWBK60161331926819 8K2MZ4T7QA"},
    request_only=True,
)
CAPTURED = OpenApiExample(
    "Captured",
    value={**_TRANSFER, "status": "captured", "captured_total": "54.00"},
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
        "lines": [{"sku": "MUG-BLUE", "quantity": 1}],
        "carrier": "Royal Mail",
        "tracking_number": "RR123456785GB",
        "tracking_url": "https://track.example/RR123456785GB",
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
        "actor": "staff@shop.example",
        "created_at": "2026-11-23T11:00:00Z",
    },
    response_only=True,
)
