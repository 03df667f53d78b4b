"""What the shop sells."""

from typing import ClassVar, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from treebeard.mp_tree import MP_Node

from catalog.models.showing import NAME_LENGTH, Shown, shown_at
from ecommerce_backend.common.fields import amount_field, currency_field
from ecommerce_backend.common.models import TimestampedModel


class Category(MP_Node):  # type: ignore[misc]
    """A shelf of the shop; shelves stand in a tree. `path` orders it and finds descendants."""

    name = models.CharField(max_length=NAME_LENGTH)
    slug = models.SlugField(max_length=NAME_LENGTH, unique=True)
    description = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return str(self.name)


class Brand(TimestampedModel):
    """Who made it."""

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    slug = models.SlugField(max_length=NAME_LENGTH, unique=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(OpClass(Lower("name"), "text_pattern_ops"), name="brand_begins_so"),
            GinIndex(OpClass(Lower("name"), "gin_trgm_ops"), name="brand_has_words_so"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product"]):
    def published(self) -> Self:
        """Return those that are shown at this moment: published, and inside their window."""
        return self.filter(shown_at(timezone.now()))

    def lock(self, product_id: int) -> "Product":
        """Return the product with its row locked.

        Raises Product.DoesNotExist.
        """
        return self.select_for_update(no_key=True, of=("self",)).get(pk=product_id)


class Product(Shown):
    """What shoppers browse and review. What they buy is one of its variants."""

    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="products"
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="products"
    )
    options = models.JSONField(
        default=list, blank=True, help_text='Names of what variants differ in: ["Colour", "Size"].'
    )
    attributes = models.JSONField(
        default=dict, blank=True, help_text="Facts that hold for every variant, by name."
    )
    source_image_url = models.URLField(
        max_length=1000, blank=True, help_text="Where an import says a picture is. Never fetched."
    )
    # What `search` looks through: name, brand, SKUs and barcodes, normalized, one a line.
    search_text = models.TextField(blank=True, editable=False)

    # Written by `catalog.services.ratings` alone, on behalf of the reviews app.
    rating_average = models.DecimalField(
        max_digits=3, decimal_places=2, null=True, blank=True, editable=False
    )
    rating_count = models.PositiveIntegerField(default=0, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="product_status_known",
                condition=Q(status__in=["draft", "published", "archived"]),
            ),
            models.CheckConstraint(
                name="product_rating_average_iff_rated",
                condition=Q(rating_count=0, rating_average=None)
                | Q(rating_count__gt=0, rating_average__range=(1, 5)),
            ),
            models.CheckConstraint(
                name="product_window_opens_first",
                condition=Q(publish_until__gt=F("publish_from")),
            ),
        ]
        indexes: ClassVar = [
            GinIndex(name="product_search", fields=["search_text"], opclasses=["gin_trgm_ops"]),
            models.Index(name="product_newest", fields=["status", "-created_at", "-id"]),
            models.Index(
                F("status"),
                Coalesce("rating_average", 0, output_field=models.DecimalField()).desc(),
                F("rating_count").desc(),
                F("id").desc(),
                name="product_rated_best",
            ),
            models.Index(name="product_by_name", fields=["status", "name", "id"]),
        ]


MOST_GRAMS = 10_000_000  # ten tonnes
MOST_MM = 100_000
DIMENSIONS = ("length_mm", "width_mm", "height_mm")
MEASURES = ("weight_grams", *DIMENSIONS)


class ProductVariant(TimestampedModel):
    """One purchasable form of a product, identified by its SKU."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    sku = models.CharField("SKU", max_length=64, unique=True)
    barcode = models.CharField(max_length=64, blank=True, help_text="UPC, EAN or ISBN.")
    options = models.JSONField(
        default=dict, blank=True, help_text='What it is of each option: {"Colour": "Red"}.'
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True, help_text="Inactive variants are not for sale.")
    # As it is packed for the parcel. Null: nobody has weighed or measured it.
    weight_grams = models.PositiveIntegerField("weight in g", null=True, blank=True)
    length_mm = models.PositiveIntegerField("length in mm", null=True, blank=True)
    width_mm = models.PositiveIntegerField("width in mm", null=True, blank=True)
    height_mm = models.PositiveIntegerField("height in mm", null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="variant_unique_options", fields=["product", "options"]),
            models.CheckConstraint(name="variant_sku_not_empty", condition=~Q(sku="")),
            models.CheckConstraint(
                name="variant_weight_within_limits",
                condition=Q(weight_grams__range=(1, MOST_GRAMS)),
            ),
            models.CheckConstraint(
                name="variant_measured_whole",
                condition=Q(length_mm=None, width_mm=None, height_mm=None)
                | Q(
                    length_mm__range=(1, MOST_MM),
                    width_mm__range=(1, MOST_MM),
                    height_mm__range=(1, MOST_MM),
                    length_mm__isnull=False,
                    width_mm__isnull=False,
                    height_mm__isnull=False,
                ),
                violation_error_message="Give length, width and height, or none of them.",
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="variant_by_barcode", fields=["barcode"], condition=~Q(barcode="")),
        ]

    def __str__(self) -> str:
        return self.sku

    def label(self) -> str:
        """Return its options as people say them: "Red, L"; empty for an only variant."""
        return ", ".join(str(value) for value in self.options.values())


class Price(TimestampedModel):
    """What one variant costs in one currency, before tax."""

    variant = models.ForeignKey(ProductVariant, on_delete=models.CASCADE, related_name="prices")
    currency = currency_field()
    amount = amount_field()
    compare_at = amount_field(null=True, blank=True, help_text="The former, higher price.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="price_one_per_currency", fields=["variant", "currency"]),
            models.CheckConstraint(name="price_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="price_compare_at_higher", condition=Q(compare_at__gt=F("amount"))
            ),
            models.CheckConstraint(
                name="price_currency_code", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="price_by_amount", fields=["currency", "amount", "variant"])
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
