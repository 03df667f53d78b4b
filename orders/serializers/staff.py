from typing import ClassVar

from rest_framework import serializers

from ecommerce_backend.common.serializers import (
    MoneyField,
    OneLineField,
    OpaqueField,
    ParagraphsField,
    StrictSerializer,
)
from orders.models import Order, OrderEvent
from orders.serializers.amounts import AmountField
from orders.serializers.orders import OrderSerializer
from orders.serializers.payments import PaymentSerializer, RefundSerializer
from orders.serializers.shipments import ShipmentSerializer

TEXT_LENGTH = 2000


class CaptureManually(StrictSerializer):
    """What the bank statement says. The amount is checked against what is due."""

    amount = AmountField(required=False)
    reference = OneLineField(max_length=140, default="", allow_blank=True)


class RefundOrder(StrictSerializer):
    """How much goes back and why; `payment` is needed only where there are several."""

    amount = AmountField()
    reason = OneLineField(max_length=200)
    payment = OpaqueField(
        max_length=32, required=False, source="payment_reference", help_text="Its reference."
    )


class WriteNote(StrictSerializer):
    """Something colleagues should know about an order."""

    text = ParagraphsField(max_length=TEXT_LENGTH)


class StaffOrderSummarySerializer(serializers.ModelSerializer[Order]):
    """An order in the list of the staff."""

    total = MoneyField()

    class Meta:
        model = Order
        fields: ClassVar = [
            "number",
            "email",
            "customer",
            "status",
            "payment_status",
            "fulfillment_status",
            "currency",
            "total",
            "payment_due_at",
            "created_at",
        ]


class StaffOrderEventSerializer(serializers.ModelSerializer[OrderEvent]):
    """One step of an order. `actor` is the email address of who did it, null for the shop."""

    details = serializers.DictField(help_text="Facts by name; they differ with `kind`.")
    actor = serializers.CharField(source="actor.email", read_only=True, allow_null=True)

    class Meta:
        model = OrderEvent
        fields: ClassVar = ["kind", "from_status", "to_status", "details", "actor", "created_at"]


class StaffPaymentSerializer(PaymentSerializer):
    refunds = RefundSerializer(many=True)

    class Meta(PaymentSerializer.Meta):
        fields: ClassVar = [*PaymentSerializer.Meta.fields, "provider_reference", "refunds"]


class StaffOrderSerializer(OrderSerializer):
    """An order with all that is known of it."""

    payments = StaffPaymentSerializer(many=True)
    shipments = ShipmentSerializer(many=True)
    events = StaffOrderEventSerializer(many=True)

    class Meta(OrderSerializer.Meta):
        fields: ClassVar = [
            *OrderSerializer.Meta.fields,
            "customer",
            "payments",
            "shipments",
            "events",
        ]
