"""Prices beside the usual one: for a time, for a group of customers, from a quantity on."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from catalog.models.products import ProductVariant
from catalog.models.showing import NAME_LENGTH
from ecommerce_backend.common.fields import amount_field, currency_field
from ecommerce_backend.common.models import TimestampedModel
from users.models import CustomerGroup


class PriceListQuerySet(models.QuerySet["PriceList"]):
    def lock(self, price_list_id: int) -> "PriceList":
        """Return the list with its row locked.

        Raises PriceList.DoesNotExist.
        """
        return self.select_for_update(no_key=True, of=("self",)).get(pk=price_list_id)


class PriceList(TimestampedModel):
    """Prices that hold together, for everybody or for one group, while their window is open."""

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    customer_group = models.ForeignKey(
        CustomerGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="price_lists",
        help_text="Whose prices these are; empty: everybody's.",
    )
    # The clock alone opens and closes the window; no job has to run for what is charged.
    starts_at = models.DateTimeField(
        null=True, blank=True, help_text="Not charged before; empty: at once."
    )
    ends_at = models.DateTimeField(
        null=True, blank=True, help_text="Not charged from then on; empty: for good."
    )
    is_active = models.BooleanField(default=True, help_text="Inactive lists charge nobody.")
    # Whether LowestPrice reckons with it. A trigger writes it by the clock whenever the row is
    # written, and a job writes the row when the window has opened or closed.
    is_counted = models.BooleanField(default=False, db_default=False, editable=False)

    objects = PriceListQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="price_list_name_not_empty", condition=~Q(name="")),
            models.CheckConstraint(
                name="price_list_window_opens_first", condition=Q(ends_at__gt=F("starts_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open_at(self, moment: datetime) -> bool:
        return (
            self.is_active
            and (self.starts_at is None or self.starts_at <= moment)
            and (self.ends_at is None or moment < self.ends_at)
        )


class PriceListEntry(TimestampedModel):
    """What one variant costs by a list, each, from a quantity on, in one currency, before tax."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="entries")
    variant = models.ForeignKey(
        ProductVariant, on_delete=models.CASCADE, related_name="list_prices"
    )
    currency = currency_field()
    min_quantity = models.PositiveIntegerField(
        default=1, help_text="Units of the variant in one cart from which on it holds."
    )
    amount = amount_field()

    class Meta:
        verbose_name_plural = "price list entries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="price_list_entry_one_per_quantity",
                fields=["price_list", "variant", "currency", "min_quantity"],
            ),
            models.CheckConstraint(
                name="price_list_entry_not_negative", condition=Q(amount__gte=0)
            ),
            models.CheckConstraint(
                name="price_list_entry_from_one_on", condition=Q(min_quantity__gte=1)
            ),
            models.CheckConstraint(
                name="price_list_entry_currency_code", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="price_list_entry_of_variant", fields=["variant", "currency"])
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} from {self.min_quantity}"
