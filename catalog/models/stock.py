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
    """How many units of one SKU exist in all warehouses, and on what terms more may be sold.

    Written by `catalog.services.stock` alone; each change of units is a StockMovement too. Its row
    is the lock of the SKU: who holds it holds the SKU's levels in every warehouse.
    """

    class Policy(models.TextChoices):
        NONE = "none", "Sell what is there"
        BACKORDER = "backorder", "Take back-orders"
        PREORDER = "preorder", "Take pre-orders"

    class Availability(models.TextChoices):
        IN_STOCK = "in_stock", "in stock"
        BACKORDER = "backorder", "on back-order"
        PREORDER = "preorder", "on pre-order"
        OUT_OF_STOCK = "out_of_stock", "out of stock"

    variant = models.OneToOneField(
        ProductVariant, on_delete=models.PROTECT, primary_key=True, related_name="stock"
    )
    on_hand = models.PositiveIntegerField(default=0)
    allocated = models.PositiveIntegerField(default=0)
    policy = models.CharField(
        max_length=16,
        choices=Policy,
        default=Policy.NONE,
        db_default=Policy.NONE,
        help_text="What happens when nothing is left.",
    )
    backorder_limit = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="Units that may be promised beyond those on hand, in all warehouses.",
    )
    expected_on = models.DateField(
        null=True, blank=True, help_text="When more will be there. Pre-orders need it."
    )
    low_stock_threshold = models.PositiveIntegerField(
        null=True, blank=True, help_text="So few units left are worth a notice."
    )
    # What the levels come to, so that a list need not add them up. The trigger on the ledger
    # keeps them right whoever writes.
    sellable = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    backorder_room = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stock"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="stock_allocated_within_limit",
                condition=Q(allocated__lte=F("on_hand") + F("backorder_limit")),
            ),
            models.CheckConstraint(
                name="stock_policy_known", condition=Q(policy__in=["none", "backorder", "preorder"])
            ),
            models.CheckConstraint(
                name="stock_preorder_has_date",
                condition=~Q(policy="preorder") | Q(expected_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.available} of {self.variant} available"

    @property
    def available(self) -> int:
        """Units that can be ordered now, whether they lie there or may be promised ahead."""
        return self.sellable + self.backorder_room

    @property
    def availability(self) -> Availability:
        return availability(
            sellable=self.sellable, backorder_room=self.backorder_room, policy=self.policy
        )


def availability(*, sellable: int, backorder_room: int, policy: str) -> Stock.Availability:
    """Say in a word how a SKU can be had."""
    if sellable:
        return Stock.Availability.IN_STOCK
    if not backorder_room:
        return Stock.Availability.OUT_OF_STOCK
    return Stock.Availability(policy)


class StockMovement(models.Model):
    """One line of the stock ledger. Rows are added, never changed: a trigger sees to it."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "Received"
        ADJUSTMENT = "adjustment", "Found or written off"
        COUNT = "count", "Counted"
        TRANSFER = "transfer", "Moved between warehouses"
        ALLOCATION = "allocation", "Promised to an order"
        RELEASE = "release", "Promise taken back"
        SHIPMENT = "shipment", "Left the building"
        RETURN = "return", "Came back"

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements")
    # Code of the release before names no warehouse, and means the first one.
    warehouse = models.ForeignKey(
        "catalog.Warehouse",
        on_delete=models.PROTECT,
        related_name="movements",
        db_default=1,
        db_index=False,
    )
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
        indexes: ClassVar = [
            models.Index(name="stock_movement_by_warehouse", fields=["warehouse", "-id"])
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.reference or self.reason})"
