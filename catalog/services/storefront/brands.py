from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count

from catalog.services.storefront.listing import listed

COLUMNS = ("id", "name", "slug")


def brand_entries(brands: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a page of brands, given as their COLUMNS, with how many products each lists.

    Counted for the page alone: over the whole table the database would count before it cuts.
    """
    brand_ids = [brand["id"] for brand in brands]
    counts = dict(
        listed()
        .filter(brand__in=brand_ids)
        .order_by()
        .values_list("brand_id")
        .annotate(Count("pk"))
    )
    return [
        {
            "name": brand["name"],
            "slug": brand["slug"],
            "product_count": counts.get(brand["id"], 0),
        }
        for brand in brands
    ]
