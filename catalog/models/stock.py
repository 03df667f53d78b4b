"""How much of it there is."""

from collections.abc import Collection
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalog.models.products import ProductVariant


class StockQuerySet(models.QuerySet["Stock"]):
    def lock(self, variant_ids: Collection[int]) -> "list[Stock]":
        """Return one locked row per variant, in key order so that two callers cannot deadlock.

        Raises Stock.DoesNotExist.
        """
        rows = self.filter(pk__in=variant_ids).select_related("variant").order_by("pk")
        stocks = list(rows.select_for_update(no_key=True, of=("self",)))
        if len(stocks) != len(set(variant_ids)):
            raise Stock.DoesNotExist
        return stocks


class Stock(models.Model):
    """How many units of one SKU exist, and how many of them are promised to orders.

    Written by `catalog.services.stock` alone; each change is a StockMovement too.
    """

    variant = models.OneToOneField(
        ProductVariant, on_delete=models.PROTECT, primary_key=True, related_name="stock"
    )
    on_hand = models.PositiveIntegerField(default=0)
    allocated = models.PositiveIntegerField(default=0)

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stock"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="stock_allocated_within_on_hand", condition=Q(allocated__lte=F("on_hand"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.available} of {self.variant} available"

    @property
    def available(self) -> int:
        return self.on_hand - self.allocated


class StockMovement(models.Model):
    """One line of the stock ledger. Rows are added, never changed: a trigger sees to it."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "Received"
        ADJUSTMENT = "adjustment", "Counted or written off"
        ALLOCATION = "allocation", "Promised to an order"
        RELEASE = "release", "Promise taken back"
        SHIPMENT = "shipment", "Left the building"

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=16, choices=Kind)
    on_hand_change = models.IntegerField(default=0)
    allocated_change = models.IntegerField(default=0)
    # Free text such as an order number: the catalogue does not know what an order is.
    reference = models.CharField(max_length=64, blank=True, db_index=True)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="stock_movement_moves_something",
                condition=~Q(on_hand_change=0, allocated_change=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.reference or self.reason})"
