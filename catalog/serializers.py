"""The shapes of the catalogue's answers.

What shoppers read is built as plain dictionaries by `services.storefront`; the serializers of it
describe it in the OpenAPI document and are not run.
"""

from typing import Any, ClassVar

from drf_spectacular.helpers import lazy_serializer
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Stock, StockMovement
from ecommerce_backend.common.serializers import WholeNumberField

MOST_UNITS = 1_000_000  # in one adjustment


class _Named(serializers.Serializer[Any]):
    name = serializers.CharField()
    slug = serializers.SlugField()


class BrandName(_Named):
    pass


class CategoryName(_Named):
    pass


class BrandEntry(_Named):
    product_count = serializers.IntegerField()


class CategoryEntry(_Named):
    product_count = serializers.IntegerField(help_text="Including the categories below it.")


class CategoryNode(CategoryEntry):
    children = serializers.SerializerMethodField()

    @extend_schema_field(lazy_serializer("catalog.serializers.CategoryNode")(many=True))
    def get_children(self, node: dict[str, object]) -> object:
        return node["children"]


class CategoryPage(CategoryEntry):
    description = serializers.CharField()
    breadcrumbs = CategoryName(many=True)
    children = CategoryEntry(many=True)


class Picture(serializers.Serializer[Any]):
    url = serializers.URLField()
    alt = serializers.CharField()
    width = serializers.IntegerField(help_text="Pixels.")
    height = serializers.IntegerField(help_text="Pixels.")


class Amount(serializers.DecimalField):
    """A decimal string with the decimals its currency has."""

    def __init__(self, **options: object) -> None:
        super().__init__(max_digits=12, decimal_places=3, **options)  # type: ignore[arg-type]


AVAILABILITY = [("in_stock", "in stock"), ("out_of_stock", "out of stock")]


class ProductCard(_Named):
    brand = BrandName(allow_null=True)
    category = CategoryName(allow_null=True)
    price_min = Amount()
    price_max = Amount()
    compare_at = Amount(allow_null=True, help_text="Former price of the cheapest variant.")
    currency = serializers.CharField()
    image = Picture(allow_null=True)
    rating = serializers.DecimalField(max_digits=3, decimal_places=2, allow_null=True)
    review_count = serializers.IntegerField()
    availability = serializers.ChoiceField(choices=AVAILABILITY)


class Variant(serializers.Serializer[Any]):
    sku = serializers.CharField()
    barcode = serializers.CharField()
    options = serializers.DictField(child=serializers.CharField())
    price = Amount(allow_null=True, help_text="null: not for sale in this currency.")
    compare_at = Amount(allow_null=True)
    currency = serializers.CharField()
    availability = serializers.ChoiceField(choices=AVAILABILITY)
    available = serializers.IntegerField(help_text="Units that can be ordered now.")


class ProductDetail(_Named):
    description = serializers.CharField()
    brand = BrandName(allow_null=True)
    category = CategoryName(allow_null=True)
    breadcrumbs = CategoryName(many=True)
    options = serializers.ListField(child=serializers.CharField())
    attributes = serializers.DictField()
    currency = serializers.CharField()
    variants = Variant(many=True)
    images = Picture(many=True)
    rating = serializers.DecimalField(max_digits=3, decimal_places=2, allow_null=True)
    review_count = serializers.IntegerField()


class StockLevel(serializers.ModelSerializer[Stock]):
    sku = serializers.CharField(source="variant.sku")
    product = serializers.CharField(source="variant.product.name")

    class Meta:
        model = Stock
        fields: ClassVar = ["sku", "product", "on_hand", "allocated", "available"]


class AdjustStock(serializers.Serializer[None]):
    change = WholeNumberField(
        min_value=-MOST_UNITS, max_value=MOST_UNITS, help_text="Units; not zero."
    )
    reason = serializers.CharField(max_length=200)

    def validate_change(self, change: int) -> int:
        if change == 0:
            raise serializers.ValidationError("Nothing would change.", code="zero")
        return change


class Movement(serializers.ModelSerializer[StockMovement]):
    actor = serializers.EmailField(source="actor.email", default=None, allow_null=True)

    class Meta:
        model = StockMovement
        fields: ClassVar = [
            "id",
            "kind",
            "on_hand_change",
            "allocated_change",
            "reference",
            "reason",
            "actor",
            "recorded_at",
        ]
