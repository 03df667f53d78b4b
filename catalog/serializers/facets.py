"""The shapes of what a shopper is offered to go on with, and of what was sought in vain."""

from typing import Any, ClassVar

from rest_framework import serializers

from catalog.models import SearchMiss
from catalog.models.showing import NAME_LENGTH
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


class Facets(serializers.Serializer[Any]):
    count = CountField(help_text="Products that meet all of the filters.")
    currency = CurrencyCodeField(help_text="Of the price bands.")
    categories = CategoryCount(many=True)
    brands = BrandCount(many=True)
    prices = PriceBand(many=True)
    ratings = RatingCount(many=True)
    availability = AvailabilityCount(many=True)


class MissedSearch(serializers.ModelSerializer[SearchMiss]):
    class Meta:
        model = SearchMiss
        fields: ClassVar = ["query", "count", "last_seen_on"]
