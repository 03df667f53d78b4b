"""What variants cost before. The database's own triggers write it, whoever changes a price."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from catalog.models.products import ProductVariant
from ecommerce_backend.common.fields import amount_field, currency_field


class PastPrice(models.Model):
    """What a variant cost in a currency from one moment to another; open while it does.

    The lowest price of the last thirty days is read off it (Directive 98/6/EC, article 6a).
    """

    # A trigger keeps it, for code that does not know this table too.
    variant = models.ForeignKey(
        ProductVariant, on_delete=models.DO_NOTHING, db_constraint=False, related_name="past_prices"
    )
    currency = currency_field()
    amount = amount_field()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="past_price_one_open",
                fields=["variant", "currency"],
                condition=Q(until=None),
            ),
            models.CheckConstraint(
                name="past_price_in_order", condition=Q(until=None) | Q(until__gt=F("since"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="past_price_by_end", fields=["variant", "currency", "until"])
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} since {self.since}"


class PastListPrice(models.Model):
    """What a list asked everybody for one unit, from one moment to another.

    The moments may be ahead: a list that is to open has its row already, and the clock alone makes
    it true. A trigger mends the row when plans change, and takes away what never came to be so.
    """

    # As above, without constraints: the history outlives the list.
    entry_id = models.BigIntegerField()
    variant = models.ForeignKey(
        ProductVariant,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="past_list_prices",
    )
    currency = currency_field()
    amount = amount_field()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="past_list_price_once", fields=["entry_id", "since"]),
            models.CheckConstraint(
                name="past_list_price_in_order", condition=Q(until=None) | Q(until__gt=F("since"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="past_list_price_of_variant", fields=["variant", "currency"])
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} since {self.since}"
