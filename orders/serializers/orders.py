from typing import Any, ClassVar

from rest_framework import serializers

from ecommerce_backend.common.serializers import (
    CountField,
    EmailAddressField,
    MoneyField,
    OneLineField,
    OpaqueField,
    PercentField,
    StrictSerializer,
    WrittenAmountField,
)
from orders.models import Order, OrderEvent, OrderLine
from orders.serializers.addresses import PostalAddress
from orders.serializers.payments import PaymentSerializer
from orders.serializers.shipments import ShipmentSerializer

QUOTE_LENGTH = 20_000  # a quote of a hundred lines is under 10,000 characters


class PlaceOrder(StrictSerializer):
    """What turns the cart into an order; the terms are those of the quote."""

    email = EmailAddressField(
        max_length=254, required=False, help_text="Required of guests; a customer's own otherwise."
    )
    shipping_address = PostalAddress()
    billing_address = PostalAddress(required=False, help_text="As shipping_address when left out.")
    shipping_method = serializers.SlugField(max_length=64)
    quote = OpaqueField(max_length=QUOTE_LENGTH)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        user = self.context["request"].user
        if user.is_authenticated:
            attrs.setdefault("email", user.email)
        elif "email" not in attrs:
            raise serializers.ValidationError({"email": self.error_messages["required"]})
        attrs.setdefault("billing_address", attrs["shipping_address"])
        return attrs


class CancelOrder(StrictSerializer):
    reason = OneLineField(max_length=200, default="", allow_blank=True)


class OrderLineSerializer(serializers.ModelSerializer[OrderLine]):
    options = serializers.DictField(child=serializers.CharField())
    unit_price = MoneyField(currency="order.currency")
    total = MoneyField(currency="order.currency", help_text="Before tax.")
    tax_total = MoneyField(currency="order.currency")

    class Meta:
        model = OrderLine
        fields: ClassVar = [
            "sku",
            "name",
            "options",
            "quantity",
            "quantity_fulfilled",
            "unit_price",
            "total",
            "tax_total",
        ]


class OrderTax(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    rate = PercentField()
    amount = WrittenAmountField()


class OrderSummarySerializer(serializers.ModelSerializer[Order]):
    """An order in a list."""

    total = MoneyField()
    item_count = CountField(help_text="Units over all lines.")

    class Meta:
        model = Order
        fields: ClassVar = [
            "number",
            "status",
            "payment_status",
            "fulfillment_status",
            "currency",
            "total",
            "item_count",
            "created_at",
        ]


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order with all that its owner may see."""

    lines = OrderLineSerializer(many=True)
    subtotal = MoneyField()
    discount_total = MoneyField()
    shipping_total = MoneyField()
    taxes = OrderTax(many=True)
    tax_total = MoneyField()
    total = MoneyField()
    shipping_address = PostalAddress()
    billing_address = PostalAddress()
    payments = PaymentSerializer(many=True)
    shipments = ShipmentSerializer(many=True)

    class Meta:
        model = Order
        fields: ClassVar = [
            "number",
            "status",
            "payment_status",
            "fulfillment_status",
            "email",
            "currency",
            "lines",
            "subtotal",
            "discount_total",
            "shipping_total",
            "taxes",
            "tax_total",
            "total",
            "shipping_method_code",
            "shipping_method_name",
            "shipping_address",
            "billing_address",
            "payments",
            "shipments",
            "payment_due_at",
            "created_at",
        ]


class PlacedOrderSerializer(OrderSerializer):
    """The order just placed, and for a guest the token that opens it."""

    token = serializers.CharField(required=False, help_text="Guests send it as X-Order-Token.")

    class Meta(OrderSerializer.Meta):
        fields: ClassVar = [*OrderSerializer.Meta.fields, "token"]


class OrderEventSerializer(serializers.ModelSerializer[OrderEvent]):
    """One step of an order, as its owner sees it: what and when, not by whom."""

    class Meta:
        model = OrderEvent
        fields: ClassVar = ["kind", "from_status", "to_status", "created_at"]
