"""Collections: products that staff put together and in order."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.models import Collection, CollectionProduct, Product
from catalog.models.curated import MOST_PRODUCTS
from catalog.services.products import require_window
from catalog.services.slugs import require_free_slug, slug_choices, slug_for
from ecommerce_backend.common.errors import Fault, Invalid
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
    placed = {one.product_id: one for one in collection.placements.all()}
    _require_products(product_ids)
    places = {product_id: place for place, product_id in enumerate(product_ids)}
    collection.placements.exclude(product__in=places).delete()
    moved = []
    for product_id, place in places.items():
        if product_id in placed and placed[product_id].position != place:
            placed[product_id].position = place
            moved.append(placed[product_id])
    CollectionProduct.objects.bulk_update(moved, ["position"])
    CollectionProduct.objects.bulk_create(
        CollectionProduct(collection=collection, product_id=product_id, position=place)
        for product_id, place in places.items()
        if product_id not in placed
    )


def _require_products(product_ids: Sequence[int]) -> None:
    if len(product_ids) > MOST_PRODUCTS:
        raise Invalid(faults=[_fault("", "max_length", f"Name {MOST_PRODUCTS} at most.")])
    known = set(Product.objects.filter(pk__in=product_ids).values_list("pk", flat=True))
    seen: set[int] = set()
    faults: list[Fault] = []
    for place, product_id in enumerate(product_ids):
        if product_id not in known:
            faults.append(_fault(f"/{place}", "does_not_exist", "There is no such product."))
        elif product_id in seen:
            faults.append(_fault(f"/{place}", "repeated", "Name each product once."))
        seen.add(product_id)
    if faults:
        raise Invalid(faults=faults)


def _fault(place: str, code: str, detail: str) -> Fault:
    return {"pointer": f"/products{place}", "code": code, "detail": detail}


def _free_slug(name: str) -> str:
    choices = slug_choices(name, fallback=name)
    taken = set(Collection.objects.filter(slug__in=choices).values_list("slug", flat=True))
    return slug_for(name, fallback=name, taken=taken)
