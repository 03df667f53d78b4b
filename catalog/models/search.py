"""What search and lists look through. The database's own triggers write it, whoever sells what."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from catalog.models.products import NAME_LENGTH, Product
from ecommerce_backend.common.fields import amount_field, currency_field


class LowestPrice(models.Model):
    """The least that an active variant of a product costs in a currency; what it is ordered by.

    A product without one has nothing to buy. Written by triggers alone.
    """

    # A trigger deletes it with its product, for code that does not know this table too.
    product = models.ForeignKey(
        Product, on_delete=models.DO_NOTHING, db_constraint=False, related_name="lowest_prices"
    )
    currency = currency_field()
    amount = amount_field()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="lowest_price_one_per_currency", fields=["product", "currency"]
            )
        ]
        indexes: ClassVar = [
            models.Index(name="lowest_price_cheapest", fields=["currency", "amount", "product"])
        ]

    def __str__(self) -> str:
        return f"from {self.amount} {self.currency}"


class SearchEntry(models.Model):
    """What is searched of one product. Written by triggers, but for `units_sold`.

    Its row is also the lock under which triggers work out what follows from several rows.
    """

    product = models.OneToOneField(
        Product,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="search_entry",
    )
    # Of the name (A), brand, SKUs and barcodes (B), category and those above it (C), description
    # (D); docs/search.md says in which forms.
    vector = SearchVectorField(db_default="")
    # The name in lower case, without accents and signs.
    name_key = models.CharField(max_length=NAME_LENGTH, db_default="")
    # Of the last ninety days; counted by a job.
    units_sold = models.PositiveIntegerField(default=0, db_default=0)
    # A brand or category of a great many products was renamed; a job writes the rest anew.
    is_stale = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes: ClassVar = [
            GinIndex(name="search_entry_vector", fields=["vector"]),
            models.Index(
                name="search_entry_name_key", fields=["name_key"], opclasses=["text_pattern_ops"]
            ),
            models.Index(name="search_entry_best_sold", fields=["-units_sold", "-product"]),
            models.Index(
                name="search_entry_stale", fields=["product"], condition=models.Q(is_stale=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name_key


class SearchLanguage(models.Model):
    """A language by whose rules words are stemmed; `english` while there is none.

    Kept equal to the setting by `rebuild_search`.
    """

    name = models.CharField(
        max_length=63, primary_key=True, help_text="A text search configuration of PostgreSQL."
    )

    def __str__(self) -> str:
        return self.name
