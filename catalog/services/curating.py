"""Collections: products that staff put together and in order."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from catalog.models import Collection, CollectionProduct
from catalog.models.curated import MOST_PRODUCTS
from catalog.services.placing import put_in_order, require_products
from catalog.services.products import require_window
from catalog.services.slugs import require_free_slug, slug_choices, slug_for
from ecommerce_backend.common.transactions import unit_of_work


@unit_of_work
def create_collection(*, name: str, slug: str | None = None, **more: Any) -> Collection:
    """Create a collection without products, a draft unless `more`, its other columns, says else.

    Raises SlugTaken and WindowInvalid.
    """
    collection = Collection(name=name, slug=slug or _free_slug(name), **more)
    require_free_slug(collection)
    require_window(collection.publish_from, collection.publish_until)
    collection.save()
    return collection


@unit_of_work
def change_collection(*, collection: Collection, changes: Mapping[str, Any]) -> Collection:
    """Change what is named of a collection; call with its row locked.

    Raises SlugTaken and WindowInvalid.
    """
    changed = [name for name, value in changes.items() if getattr(collection, name) != value]
    for name in changed:
        setattr(collection, name, changes[name])
    if "slug" in changed:
        require_free_slug(collection)
    require_window(collection.publish_from, collection.publish_until)
    if changed:
        collection.save(update_fields=[*changed, "updated_at"])
    return collection


@unit_of_work
def arrange(*, collection: Collection, product_ids: Sequence[int]) -> None:
    """Let a collection hold exactly these products in this order; call with its row locked.

    So of two orders sent at once one holds, and not a mixture of both.
    Raises Invalid for a product that is named twice or is not there, and for too many.
    """
    require_products({"products": product_ids}, most=MOST_PRODUCTS)
    put_in_order(
        collection.placements.all(),
        product_ids,
        of="product_id",
        make=partial(CollectionProduct, collection=collection),
    )


def _free_slug(name: str) -> str:
    choices = slug_choices(name, fallback=name)
    taken = set(Collection.objects.filter(slug__in=choices).values_list("slug", flat=True))
    return slug_for(name, fallback=name, taken=taken)
