"""Collections as shoppers see them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count

from catalog.models import Collection
from catalog.services.storefront.listing import listed

COLUMNS = ("id", "name", "slug")


def entries(collections: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a page of collections, given as their COLUMNS, with how many products each lists."""
    counts = _counts([collection["id"] for collection in collections])
    return [
        {
            "name": collection["name"],
            "slug": collection["slug"],
            "product_count": counts.get(collection["id"], 0),
        }
        for collection in collections
    ]


def page(collection: Collection) -> dict[str, Any]:
    """Return one collection in full, in one query; its products are a list by themselves."""
    return {
        "name": collection.name,
        "slug": collection.slug,
        "product_count": _counts([collection.pk]).get(collection.pk, 0),
        "description": collection.description,
        "seo_title": collection.seo_title,
        "seo_description": collection.seo_description,
    }


def _counts(collection_ids: Sequence[int]) -> dict[int, int]:
    products = listed().filter(placements__collection__in=collection_ids).order_by()
    return dict(products.values_list("placements__collection").annotate(Count("pk")))
