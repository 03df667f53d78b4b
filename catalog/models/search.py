"""What search and lists look through. The database's own triggers write it, whoever sells what."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from catalog.models.products import Product
from catalog.models.showing import NAME_LENGTH
from ecommerce_backend.common.fields import amount_field, currency_field
from ecommerce_backend.common.models import TimestampedModel


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
            models.Index(name="search_entry_stale", fields=["product"], condition=Q(is_stale=True)),
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


class SearchWord(models.Model):
    """A word that is on the shelves, for those who misspell it. Counted by a job."""

    word = models.CharField(max_length=40, primary_key=True)
    products = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [
            GistIndex(name="search_word_alike", fields=["word"], opclasses=["gist_trgm_ops"])
        ]

    def __str__(self) -> str:
        return self.word


class Synonym(TimestampedModel):
    """Another word for the same thing: who searches for the one finds the other."""

    term = models.CharField(max_length=60, help_text="What people type, such as sofa.")
    replacement = models.CharField(
        max_length=60, help_text="What is found as well, such as couch; up to three words."
    )
    is_one_way = models.BooleanField(
        default=False,
        verbose_name="one way",
        help_text="Who types the second finds nothing of the first: laptop → computer.",
    )
    # As search compares them; written by `catalog.services.search.synonyms`.
    term_key = models.CharField(max_length=240, editable=False)
    replacement_key = models.CharField(max_length=240, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="synonym_said_once", fields=["term_key", "replacement_key"]
            ),
            models.CheckConstraint(
                name="synonym_has_words", condition=~Q(term_key="") & ~Q(replacement_key="")
            ),
            models.CheckConstraint(
                name="synonym_of_another_word", condition=~Q(term_key=F("replacement_key"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} {'→' if self.is_one_way else '↔'} {self.replacement}"


class SearchMiss(models.Model):
    """A search that found nothing, how often and when last; never by whom."""

    query = models.CharField(max_length=60, primary_key=True)
    count = models.PositiveIntegerField()
    last_seen_on = models.DateField()

    class Meta:
        verbose_name = "search without result"
        verbose_name_plural = "searches without result"
        indexes: ClassVar = [models.Index(name="search_miss_most", fields=["-count", "query"])]

    def __str__(self) -> str:
        return self.query
