"""Collections: what shoppers are shown of them, what staff send and are shown."""

from typing import Any, ClassVar

from rest_framework import serializers

from catalog.models import Collection, Product
from catalog.models.curated import MOST_PRODUCTS
from catalog.models.showing import NAME_LENGTH, SEO_DESCRIPTION_LENGTH
from catalog.serializers.staff import DESCRIPTION_LENGTH
from ecommerce_backend.common.serializers import (
    CountField,
    OneLineField,
    ParagraphsField,
    StrictSerializer,
)

_LARGEST_ID = 2**63 - 1


class CollectionEntry(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=NAME_LENGTH)
    slug = serializers.SlugField(max_length=NAME_LENGTH)
    product_count = CountField(help_text="Those of its products that are for sale now.")


class CollectionPage(CollectionEntry):
    description = serializers.CharField()
    seo_title = serializers.CharField(max_length=NAME_LENGTH)
    seo_description = serializers.CharField(max_length=SEO_DESCRIPTION_LENGTH)


class WriteCollection(StrictSerializer):
    """A collection as staff mean it to be. Without `slug` the name makes one."""

    name = OneLineField(max_length=NAME_LENGTH)
    slug = serializers.SlugField(max_length=NAME_LENGTH, required=False)
    description = ParagraphsField(max_length=DESCRIPTION_LENGTH, required=False, allow_blank=True)
    status = serializers.ChoiceField(Collection.Status.choices, required=False)
    publish_from = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Not shown before."
    )
    publish_until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Not shown from then on."
    )
    seo_title = OneLineField(max_length=NAME_LENGTH, required=False, allow_blank=True)
    seo_description = OneLineField(
        max_length=SEO_DESCRIPTION_LENGTH, required=False, allow_blank=True
    )


class StaffCollection(serializers.ModelSerializer[Collection]):
    """A collection as staff see and change it."""

    product_count = CountField(help_text="All that are in it, drafts too.")

    class Meta:
        model = Collection
        fields: ClassVar = [
            "id",
            "name",
            "slug",
            "description",
            "status",
            "publish_from",
            "publish_until",
            "seo_title",
            "seo_description",
            "product_count",
            "created_at",
        ]


class ProductIdsField(serializers.ListField):
    """Products in an order, by their ids."""

    def __init__(self, **options: Any) -> None:
        child = serializers.IntegerField(min_value=1, max_value=_LARGEST_ID)
        super().__init__(child=child, **options)


class ArrangeProducts(StrictSerializer):
    """All the products of a collection in their order."""

    products = ProductIdsField(max_length=MOST_PRODUCTS, help_text="Their ids.")


class PlacedProduct(serializers.ModelSerializer[Product]):
    class Meta:
        model = Product
        fields: ClassVar = ["id", "name", "slug", "status"]


class ArrangedProducts(serializers.Serializer[Any]):
    products = PlacedProduct(many=True)
