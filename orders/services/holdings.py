from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet

from orders.models import Order, OrderEvent, OrderLine, Payment, Refund, Shipment
from users.models import User

_ORDER = (
    "number",
    "created_at",
    "status",
    "payment_status",
    "fulfillment_status",
    "email",
    "currency",
    "subtotal",
    "discount_total",
    "shipping_total",
    "tax_total",
    "total",
    "taxes",
    "shipping_method_name",
    "shipping_address",
    "billing_address",
)
_LINE = ("sku", "name", "options", "quantity", "unit_price", "total", "tax_total")
_PAYMENT = (
    "created_at",
    "provider",
    "status",
    "amount",
    "captured_total",
    "refunded_total",
    "reference",
    "provider_reference",
    "return_url",
)
_SHIPMENT = ("carrier", "tracking_number", "created_at")


def held(*, user: User) -> Mapping[str, QuerySet[Any, dict[str, Any]]]:
    """Return what this app holds on a person (settings.DATA_HOLDINGS)."""
    orders = Order.objects.of(user).order_by("pk")
    of_theirs = {"order__customer": user}
    lines = OrderLine.objects.filter(**of_theirs).order_by("pk")
    events = OrderEvent.objects.filter(**of_theirs).order_by("pk")
    payments = Payment.objects.filter(**of_theirs).order_by("pk")
    refunds = Refund.objects.filter(payment__order__customer=user).order_by("pk")
    shipments = Shipment.objects.filter(**of_theirs).order_by("pk")
    number = F("order__number")
    return {
        "orders": orders.values(*_ORDER),
        "order_lines": lines.values(*_LINE, order_number=number),
        "order_history": events.values("created_at", "kind", "details", order_number=number),
        "payments": payments.values(*_PAYMENT, order_number=number),
        "refunds": refunds.values(
            "created_at", "status", "amount", "reason", order_number=F("payment__order__number")
        ),
        "shipments": shipments.values(*_SHIPMENT, order_number=number),
    }
