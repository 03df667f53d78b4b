"""The shapes of the catalogue's answers.

What shoppers read is built as plain dictionaries by `services.storefront`; the serializers of it
describe it in the OpenAPI document and are not run.
"""

from decimal import Decimal
from typing import Any

from drf_spectacular.helpers import lazy_serializer
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Stock
from catalog.models.showing import NAME_LENGTH
from catalog.serializers.attributes import AttributeValue
from ecommerce_backend.common.serializers import (
    CountField,
    CurrencyCodeField,
)


class _Named(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=NAME_LENGTH)
    slug = serializers.SlugField(max_length=NAME_LENGTH)


class BrandName(_Named):
    pass


class CategoryName(_Named):
    pass


class BrandEntry(_Named):
    product_count = CountField()


class CategoryEntry(_Named):
    product_count = CountField(help_text="Including the categories below it.")


class CategoryNode(CategoryEntry):
    children = serializers.SerializerMethodField()

    @extend_schema_field(lazy_serializer("catalog.serializers.CategoryNode")(many=True))
    def get_children(self, node: dict[str, object]) -> object:
        return node["children"]


class CategoryPage(CategoryEntry):
    description = serializers.CharField()
    breadcrumbs = CategoryName(many=True)
    children = CategoryEntry(many=True)


class Rendition(serializers.Serializer[Any]):
    """A picture in one width, for `srcset`."""

    url = serializers.URLField()
    width = CountField(help_text="Pixels.")
    height = CountField(help_text="Pixels.")


class Picture(serializers.Serializer[Any]):
    url = serializers.URLField()
    alt = serializers.CharField(max_length=NAME_LENGTH)
    width = CountField(help_text="Pixels.")
    height = CountField(help_text="Pixels.")
    renditions = Rendition(
        many=True, help_text="Every width there is, the narrowest first; `url` is the last."
    )


class Amount(serializers.DecimalField):
    """A decimal string with the decimals its currency has."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=12, decimal_places=3, min_value=Decimal(0), **options)


class LowestPrice30d(Amount):
    """What shops in the EU have to show beside a reduction (Directive 98/6/EC, article 6a)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            allow_null=True,
            help_text="With `compare_at`, the lowest of the thirty days before the price came to be"
            " so (Directive 98/6/EC, article 6a); null while none is known.",
            **options,
        )


class Rating(serializers.DecimalField):
    """An average of stars, null while nobody has rated."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_digits=3, decimal_places=2, min_value=Decimal(1), allow_null=True, **options
        )


AVAILABILITY = Stock.Availability.choices


class Highlight(serializers.Serializer[Any]):
    """HTML in which the words of a search are inside `<mark>` and all else is escaped."""

    name = serializers.CharField(allow_null=True, help_text="null: none of them is in it.")
    description = serializers.CharField(
        allow_null=True, help_text="The part around the first of them."
    )


class ProductCard(_Named):
    brand = BrandName(allow_null=True)
    category = CategoryName(allow_null=True)
    price_min = Amount()
    price_max = Amount()
    compare_at = Amount(allow_null=True, help_text="Former price of the cheapest variant.")
    lowest_price_30d = LowestPrice30d()
    currency = CurrencyCodeField()
    image = Picture(allow_null=True)
    rating = Rating()
    review_count = CountField()
    availability = serializers.ChoiceField(choices=AVAILABILITY)
    highlight = Highlight(allow_null=True, help_text="null without `search`.")


class PriceTier(serializers.Serializer[Any]):
    """A price for who buys more."""

    min_quantity = CountField(min_value=2, help_text="Units of this variant in one cart.")
    amount = Amount(help_text="Of each of them.")


class Variant(serializers.Serializer[Any]):
    sku = serializers.CharField(max_length=64)
    barcode = serializers.CharField(max_length=64)
    options = serializers.DictField(child=serializers.CharField())
    weight_grams = CountField(allow_null=True, help_text="Packed; null: not known.")
    length_mm = CountField(allow_null=True, help_text="Packed; null with the other two: not known.")
    width_mm = CountField(allow_null=True)
    height_mm = CountField(allow_null=True)
    price = Amount(
        allow_null=True, help_text="Of a single one; null: not for sale in this currency."
    )
    compare_at = Amount(allow_null=True)
    lowest_price_30d = LowestPrice30d()
    tiers = PriceTier(many=True, help_text="From which quantity on a unit costs less.")
    currency = CurrencyCodeField()
    availability = serializers.ChoiceField(choices=AVAILABILITY)
    available = CountField(help_text="Units that can be ordered now, in stock or ahead of it.")
    expected_on = serializers.DateField(
        allow_null=True, help_text="When more will be there, if that is known and none is."
    )


class ProductDetail(_Named):
    description = serializers.CharField()
    brand = BrandName(allow_null=True)
    category = CategoryName(allow_null=True)
    breadcrumbs = CategoryName(many=True)
    options = serializers.ListField(child=serializers.CharField())
    attribute_values = AttributeValue(many=True)
    attributes = serializers.DictField(help_text="Other facts by name; a value may be any JSON.")
    currency = CurrencyCodeField()
    variants = Variant(many=True)
    images = Picture(many=True)
    rating = Rating()
    review_count = CountField()
