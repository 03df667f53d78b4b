"""A product's rating follows its published reviews: both change under the product's lock."""

from collections.abc import Collection

from catalog.models import Product
from catalog.services import ratings
from reviews.selectors import summaries


def lock_products(product_ids: Collection[int]) -> list[Product]:
    """Return the products that are still there, their rows locked in key order."""
    rows = Product.objects.filter(pk__in=product_ids).order_by("pk")
    return list(rows.select_for_update(no_key=True, of=("self",)))


def refresh(products: Collection[Product]) -> None:
    """Work out the rating of products anew. Call with their rows locked."""
    found = summaries([product.pk for product in products])
    for product in products:
        summary = found[product.pk]
        ratings.set_rating(product=product, average=summary.average, count=summary.count)
