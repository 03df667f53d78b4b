"""Changing products and their variants, each under the product's row lock."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict

from catalog.models import Brand, Product, ProductVariant
from catalog.models.products import MEASURES
from catalog.services.attributes.definitions import load
from catalog.services.attributes.sorting import Held, sorted_for_staff
from catalog.services.attributes.values import held_by, write_values
from catalog.services.prices import NewPrice, replace_prices
from catalog.services.products import (
    SkuTaken,
    VariantExists,
    check_measures,
    check_options,
    complete,
    refresh_search_text,
    require_window,
)
from catalog.services.shelving import StillInUse
from catalog.services.slugs import require_free_slug
from ecommerce_backend.common import events
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work


class OptionsInUse(DomainError):
    code = "options_in_use"
    message = "The product has variants, which say what they are of each option."
    advice = "Change the options while the product has no variants."


class ProductChanges(TypedDict, total=False):
    """What may be changed of a product; what is left out stays."""

    name: str
    slug: str
    description: str
    brand: Brand | None
    category: Any  # Category | None; treebeard has no types
    status: str
    options: list[str]
    attributes: dict[str, Any]
    publish_from: datetime | None
    publish_until: datetime | None
    seo_title: str
    seo_description: str


class VariantChanges(TypedDict, total=False):
    """What may be changed of a variant; `prices` replaces all that it has."""

    sku: str
    barcode: str
    options: dict[str, str]
    position: int
    is_active: bool
    weight_grams: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    prices: list[NewPrice]


@unit_of_work
def change_product(*, product: Product, changes: ProductChanges) -> Product:
    """Change a product; call with its row locked, after looking whether it is as expected.

    `attributes` are values by the codes of attributes, and other facts by name: all that it has.
    Raises SlugTaken, WindowInvalid, OptionsInUse and Invalid.
    """
    changed = _assign(product, {name: v for name, v in changes.items() if name != "attributes"})
    if "attributes" in changes and _say(product, changes["attributes"]):
        changed.append("attributes")
    if not changed:
        return product
    if "slug" in changed:
        require_free_slug(product)
    if "options" in changed and product.variants.exists():
        raise OptionsInUse
    require_window(product.publish_from, product.publish_until)
    product.save(update_fields=[*changed, "updated_at"])
    refresh_search_text(product)
    _tell(product, changed)
    return product


def _say(product: Product, written: Mapping[str, Any]) -> bool:
    """Take over what was written of a product, and tell whether it is something else."""
    definitions = load()
    held = Held(facts=product.attributes, values=held_by([product.pk]).get(product.pk, {}))
    said = sorted_for_staff(written, definitions=definitions, held=held, category=product.category)
    if said.values != held.values:
        write_values({product.pk: said.values}, definitions=definitions)
    product.attributes = said.facts
    return Held(facts=said.facts, values=said.values) != held


@unit_of_work
def delete_product(*, product: Product) -> None:
    """Forget a product that never had a variant; whatever was for sale once is archived instead.

    Raises StillInUse.
    """
    if product.variants.exists():
        raise StillInUse("The product has variants, which orders and the stock ledger may name.")
    _tell(product, ["deleted"])
    product.delete()


@unit_of_work
def change_variant(*, variant: ProductVariant, changes: VariantChanges) -> ProductVariant:
    """Change a variant; call with the row of its product locked.

    Raises SkuTaken, VariantExists, VariantOptionsMismatch, VariantHalfMeasured and PriceInvalid.
    """
    prices = changes.get("prices")
    changed = _assign(variant, {name: v for name, v in changes.items() if name != "prices"})
    check_measures({name: getattr(variant, name) for name in MEASURES})
    if "sku" in changed and _others(variant).filter(sku=variant.sku).exists():
        raise SkuTaken(sku=variant.sku)
    if "options" in changed:
        check_options(product=variant.product, options=variant.options)
        twins = _others(variant).filter(product=variant.product, options=variant.options)
        if twin := twins.first():
            raise VariantExists(sku=twin.sku)
    if changed:
        variant.save(update_fields=[*changed, "updated_at"])
    if prices is not None and replace_prices(variant=variant, prices=prices):
        changed.append("prices")
    if changed:
        complete(variant.product)
        _tell(variant.product, [f"variants/{variant.sku}/{name}" for name in changed])
    return variant


def _others(variant: ProductVariant) -> Any:
    return ProductVariant.objects.exclude(pk=variant.pk)


def _assign(target: Product | ProductVariant, values: Mapping[str, Any]) -> list[str]:
    """Set what differs and name it."""
    changed = [name for name, value in values.items() if getattr(target, name) != value]
    for name in changed:
        setattr(target, name, values[name])
    return changed


def _tell(product: Product, changed: Iterable[str]) -> None:
    events.record(
        "product.changed", subject=f"product:{product.pk}", payload={"changed": sorted(changed)}
    )
