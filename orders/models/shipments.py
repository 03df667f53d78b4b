"""Parcels that left the building."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ecommerce_backend.common.models import TimestampedModel
from orders.models.orders import Order, OrderLine


class Shipment(TimestampedModel):
    """One parcel of an order. An order may leave in several."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    tracking_url = models.URLField(max_length=500, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}".strip() or f"shipment {self.pk}"


class ShipmentLine(models.Model):
    """How many units of an order line are in the parcel."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="shipment_line_unique_order_line", fields=["shipment", "order_line"]
            ),
            models.CheckConstraint(
                name="shipment_line_quantity_positive", condition=Q(quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.order_line_id}"
