"""What staff send about the products a product leads to, and what they are shown."""

from typing import Any

from rest_framework import serializers

from catalog.models.links import MOST_LINKS
from catalog.serializers.curated import PlacedProduct, ProductIdsField
from ecommerce_backend.common.serializers import StrictSerializer


class SetLinks(StrictSerializer):
    """All the products that a product leads to, in their order."""

    related = ProductIdsField(
        max_length=MOST_LINKS, help_text="Ids of what goes with it: shown first among the related."
    )
    up_sell = ProductIdsField(
        max_length=MOST_LINKS, help_text="Ids of what may be bought instead, better or larger."
    )


class ProductLinks(serializers.Serializer[Any]):
    related = PlacedProduct(many=True)
    up_sell = PlacedProduct(many=True)
