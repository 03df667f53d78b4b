"""The shapes of what a shopper is offered to go on with, and of what was sought in vain."""

from typing import Any, ClassVar

from rest_framework import serializers

from catalog.models import SearchMiss
from catalog.models.attributes import CODE_LENGTH, UNIT_LENGTH, AttributeType
from catalog.models.showing import NAME_LENGTH
from catalog.serializers.attributes import NumberField
from ecommerce_backend.common.serializers import CountField, CurrencyCodeField


class _Shelf(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=NAME_LENGTH)
    slug = serializers.SlugField(max_length=NAME_LENGTH)


class SuggestedProduct(_Shelf):
    pass


class SuggestedCategory(_Shelf):
    pass


class SuggestedBrand(_Shelf):
    pass


class Suggestions(serializers.Serializer[Any]):
    products = SuggestedProduct(many=True)
    categories = SuggestedCategory(many=True)
    brands = SuggestedBrand(many=True)


class CategoryCount(_Shelf):
    parent = serializers.SlugField(  # type: ignore[assignment]  # members may be called so
        max_length=NAME_LENGTH, allow_null=True, help_text="Slug of the category above it."
    )
    count = CountField(help_text="Including the categories below it.")


class BrandCount(_Shelf):
    count = CountField()


class _Bound(serializers.DecimalField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=12, decimal_places=3, min_value=0, **options)


class PriceBand(serializers.Serializer[Any]):
    min_price = _Bound()
    max_price = _Bound(allow_null=True, help_text="null: no bound.")
    count = CountField(help_text="Products with a variant at such a price.")


class RatingCount(serializers.Serializer[Any]):
    min_rating = serializers.IntegerField(min_value=1, max_value=4)
    count = CountField()


class AvailabilityCount(serializers.Serializer[Any]):
    in_stock = serializers.BooleanField()
    count = CountField()


class NumberRange(serializers.Serializer[Any]):
    min = NumberField()
    max = NumberField()
    count = CountField()


class AttributeCount(serializers.Serializer[Any]):
    value = serializers.CharField(help_text="As `attr.<code>` takes it.")
    label = serializers.CharField(max_length=NAME_LENGTH)  # type: ignore[assignment]
    color = serializers.CharField(max_length=7, allow_null=True, help_text="As #AABBCC.")
    count = CountField()


class AttributeFacet(serializers.Serializer[Any]):
    """An attribute that can be filtered by, and what products have of it."""

    code = serializers.CharField(max_length=CODE_LENGTH)
    name = serializers.CharField(max_length=NAME_LENGTH)
    type = serializers.ChoiceField(AttributeType.choices)
    unit = serializers.CharField(max_length=UNIT_LENGTH, allow_null=True)
    range = NumberRange(
        allow_null=True, help_text="Of numbers: the least and the greatest that products have."
    )
    values = AttributeCount(many=True, help_text="Of choices, and of yes and no.")


class Facets(serializers.Serializer[Any]):
    count = CountField(help_text="Products that meet all of the filters.")
    currency = CurrencyCodeField(help_text="Of the price bands.")
    categories = CategoryCount(many=True)
    brands = BrandCount(many=True)
    prices = PriceBand(many=True)
    attributes = AttributeFacet(many=True)
    ratings = RatingCount(many=True)
    availability = AvailabilityCount(many=True)


class MissedSearch(serializers.ModelSerializer[SearchMiss]):
    class Meta:
        model = SearchMiss
        fields: ClassVar = ["query", "count", "last_seen_on"]
