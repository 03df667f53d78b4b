from typing import Any, ClassVar

from rest_framework import serializers

from ecommerce_backend.common.serializers import OneLineField, OpaqueField, StrictSerializer
from orders.models import Shipment, ShipmentLine
from orders.serializers.payments import web_address

MAX_LINES = 100
MAX_ID = 2**63 - 1


class LineToShip(StrictSerializer):
    sku = OpaqueField(max_length=64)
    quantity = serializers.IntegerField(min_value=1, max_value=999)


class ShipOrder(StrictSerializer):
    """What is in the parcel and who carries it; without `lines`, all that has not left yet."""

    lines = LineToShip(
        many=True,
        required=False,
        allow_empty=False,
        max_length=MAX_LINES,  # type: ignore[call-arg]
    )
    carrier = OneLineField(max_length=60, default="", allow_blank=True)
    tracking_number = OneLineField(max_length=100, default="", allow_blank=True)
    tracking_url = OneLineField(
        max_length=500, default="", allow_blank=True, validators=[web_address]
    )

    def validate_lines(self, lines: list[dict[str, Any]]) -> dict[str, int]:
        quantities = {line["sku"]: line["quantity"] for line in lines}
        if len(quantities) != len(lines):
            raise serializers.ValidationError("Name each SKU once.")
        return quantities


class DeliverShipments(StrictSerializer):
    """Which parcel has arrived; without, all that are on their way."""

    shipment = serializers.IntegerField(
        min_value=1, max_value=MAX_ID, required=False, source="shipment_id"
    )


class ShipmentLineSerializer(serializers.ModelSerializer[ShipmentLine]):
    sku = serializers.CharField(source="order_line.sku")

    class Meta:
        model = ShipmentLine
        fields: ClassVar = ["sku", "quantity"]


class ShipmentSerializer(serializers.ModelSerializer[Shipment]):
    lines = ShipmentLineSerializer(many=True)

    class Meta:
        model = Shipment
        fields: ClassVar = [
            "id",
            "carrier",
            "tracking_number",
            "tracking_url",
            "lines",
            "created_at",
            "delivered_at",
        ]
