"""Changing where products belong: categories as such, and brands."""

from collections.abc import Mapping
from typing import Any

from catalog.models import Brand, Category
from catalog.services.categories import lock_tree
from catalog.services.products import refresh_brand
from catalog.services.slugs import require_free_slug, slug_choices, slug_for
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work


class StillInUse(DomainError):
    code = "still_in_use"
    message = "Something else of the shop refers to it."
    advice = "Remove what refers to it first; archive a product instead of deleting it."


class BrandExists(DomainError):
    code = "brand_exists"
    message = "There is a brand of this name already."
    advice = "Use the brand that is there."


@unit_of_work
def change_category(*, category: Category, changes: Mapping[str, Any]) -> Category:
    """Change the name, the slug or the text of a category; call with its row locked.

    Raises SlugTaken.
    """
    changed = _assign(category, changes)
    if "slug" in changed:
        require_free_slug(category)
    if changed:
        # Never its place, which another may be changing at this moment.
        category.save(update_fields=changed)
    return category


@unit_of_work
def delete_category(*, category: Category) -> None:
    """Remove a category that nothing stands in or below.

    Raises StillInUse.
    """
    lock_tree()
    empty = Category.objects.get(pk=category.pk)
    if empty.numchild or empty.products.exists():
        raise StillInUse("There are products in the category, or categories below it.")
    if empty.attribute_ties.exists():
        raise StillInUse("Attributes are for the products of the category.")
    empty.delete()


@unit_of_work
def add_brand(*, name: str, slug: str | None = None) -> Brand:
    """Add a brand.

    Raises BrandExists and SlugTaken.
    """
    brand = Brand(name=name, slug=slug or _free_slug(name))
    _require_alone(brand)
    brand.save()
    return brand


@unit_of_work
def change_brand(*, brand: Brand, changes: Mapping[str, Any]) -> Brand:
    """Change the name or the slug of a brand; call with its row locked.

    Raises BrandExists and SlugTaken.
    """
    changed = _assign(brand, changes)
    if not changed:
        return brand
    _require_alone(brand)
    brand.save(update_fields=[*changed, "updated_at"])
    if "name" in changed:
        refresh_brand(brand)
    return brand


@unit_of_work
def delete_brand(*, brand: Brand) -> None:
    """Remove a brand that no product has.

    Raises StillInUse.
    """
    if brand.products.exists():
        raise StillInUse("There are products of this brand.")
    brand.delete()


def _require_alone(brand: Brand) -> None:
    require_free_slug(brand)
    if Brand.objects.exclude(pk=brand.pk).filter(name=brand.name).exists():
        raise BrandExists


def _free_slug(name: str) -> str:
    choices = slug_choices(name, fallback=name)
    taken = set(Brand.objects.filter(slug__in=choices).values_list("slug", flat=True))
    return slug_for(name, fallback=name, taken=taken)


def _assign(target: Category | Brand, values: Mapping[str, Any]) -> list[str]:
    """Set what differs and name it."""
    changed = [name for name, value in values.items() if getattr(target, name) != value]
    for name in changed:
        setattr(target, name, values[name])
    return changed
