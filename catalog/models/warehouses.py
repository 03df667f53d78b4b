"""Where it lies."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from catalog.models.stock import Stock
from ecommerce_backend.common.models import TimestampedModel


class WarehouseQuerySet(models.QuerySet["Warehouse"]):
    def default(self) -> "Warehouse":
        """Return the one that is meant when none is named. A migration makes it.

        It is made again where tables were emptied, as after `manage.py flush`.
        """
        warehouse, _ = self.get_or_create(
            is_default=True, defaults={"code": "main", "name": "Main warehouse"}
        )
        return warehouse

    def by_priority(self) -> Self:
        return self.order_by("priority", "pk")


class Warehouse(TimestampedModel):
    """A place that orders are sent from. Of two that have a thing, the lower priority sends it."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166, such as DE.")
    priority = models.PositiveSmallIntegerField(
        default=100, help_text="The lowest number sends first."
    )
    is_active = models.BooleanField(
        default=True, help_text="What lies in an inactive one is not for sale."
    )
    is_default = models.BooleanField(
        default=False, help_text="Deliveries arrive here unless another is named."
    )

    objects = WarehouseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="warehouse_one_default", fields=["is_default"], condition=Q(is_default=True)
            ),
            models.CheckConstraint(
                name="warehouse_default_is_active",
                condition=Q(is_default=False) | Q(is_active=True),
            ),
            models.CheckConstraint(
                name="warehouse_country_code",
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WarehouseStock(models.Model):
    """How many units of one SKU lie in one warehouse.

    `on_hand` and `allocated` are what the ledger adds up to: a trigger on StockMovement writes
    them, and nothing else does. `catalog.services.stock` writes the rest.
    """

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="levels")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="levels")
    on_hand = models.PositiveIntegerField(default=0)
    allocated = models.PositiveIntegerField(default=0)
    safety_stock = models.PositiveIntegerField(default=0, help_text="Units kept back from sale.")
    backorder_limit = models.PositiveIntegerField(
        default=0, help_text="Units that may be promised beyond those on hand."
    )

    class Meta:
        verbose_name_plural = "warehouse stock"
        constraints: ClassVar = [
            models.UniqueConstraint(name="warehouse_stock_once", fields=["stock", "warehouse"]),
            models.CheckConstraint(
                name="warehouse_stock_allocated_within_limit",
                condition=Q(allocated__lte=F("on_hand") + F("backorder_limit")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} in {self.warehouse}"

    @property
    def free(self) -> int:
        """Units that lie there and are promised to nobody."""
        return max(0, self.on_hand - self.allocated)

    @property
    def owed(self) -> int:
        """Units that are promised and do not lie there."""
        return max(0, self.allocated - self.on_hand)

    @property
    def sellable(self) -> int:
        """Units that lie there and may be promised."""
        return max(0, self.on_hand - self.safety_stock - self.allocated)

    @property
    def backorder_room(self) -> int:
        """Units that may be promised although they do not lie there."""
        for_sale = max(0, self.on_hand - self.safety_stock)
        return max(0, self.backorder_limit - max(0, self.allocated - for_sale))
