"""Comparing rows with what the shop has, before anything is written."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from catalog.models import Price, Product, ProductVariant
from catalog.services.imports.rows import Row
from catalog.services.imports.shelves import Shelves
from catalog.services.search_text import search_text_of


@dataclass
class Plan:
    """What a batch comes to: rows of new SKUs, and the records that have to change, by id."""

    new: list[Row] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    products: dict[int, Product] = field(default_factory=dict)
    variants: list[ProductVariant] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)


def plan(rows: Sequence[Row], *, shelves: Shelves, is_dry_run: bool) -> Plan:
    """Work out in three queries what the rows would change; lock the products unless only asked."""
    stored = _Stored.load([row.sku for row in rows], is_locked=not is_dry_run)
    result = Plan()
    for row in rows:
        variant = stored.variants.get(row.sku)
        if variant is None:
            result.new.append(row)
        elif _revise(row, variant, stored, shelves, result):
            result.updated.append(row.sku)
        else:
            result.unchanged += 1
    return result


@dataclass
class _Stored:
    """What the shop has of a batch."""

    variants: dict[str, ProductVariant]
    siblings: dict[int, list[ProductVariant]]  # by product, itself among them
    prices: dict[tuple[int, str], Price]

    @classmethod
    def load(cls, skus: Collection[str], *, is_locked: bool) -> "_Stored":
        ids = ProductVariant.objects.filter(sku__in=skus).values("product")
        products = Product.objects.filter(pk__in=ids).select_related("brand").order_by("pk")
        if is_locked:
            products = products.select_for_update(no_key=True, of=("self",))
        by_id = {product.pk: product for product in products}
        siblings = defaultdict(list)
        wanted = {}
        for variant in ProductVariant.objects.filter(product__in=by_id).order_by("position", "pk"):
            variant.product = by_id[variant.product_id]
            siblings[variant.product_id].append(variant)
            wanted[variant.sku] = variant
        prices = Price.objects.filter(variant__sku__in=skus)
        return cls(wanted, siblings, {(p.variant_id, p.currency): p for p in prices})


def _revise(
    row: Row, variant: ProductVariant, stored: _Stored, shelves: Shelves, result: Plan
) -> bool:
    """Note what the row changes of its variant, its price and its product; tell if anything."""
    siblings = stored.siblings[variant.product_id]
    is_variant_changed = row.upc is not None and _assign(variant, barcode=row.upc)
    if is_variant_changed:
        result.variants.append(variant)
    price = _revised_price(row, variant, stored)
    if price is not None:
        result.prices.append(price)
    # One row must not speak for a product of which it is only a part.
    facts = _facts(row, shelves) if len(siblings) == 1 else {}
    facts["search_text"] = _search_text(row, siblings)
    is_product_changed = _assign(variant.product, **facts)
    if is_product_changed:
        result.products[variant.product_id] = variant.product
    return is_variant_changed or price is not None or is_product_changed


def _revised_price(row: Row, variant: ProductVariant, stored: _Stored) -> Price | None:
    price = stored.prices.get((variant.pk, row.currency))
    if price is None:
        return Price(variant=variant, currency=row.currency, amount=row.price)
    if price.amount == row.price:
        return None
    # A former price that is not higher is none.
    former = price.compare_at if price.compare_at and price.compare_at > row.price else None
    _assign(price, amount=row.price, compare_at=former)
    return price


def _facts(row: Row, shelves: Shelves) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": row.name}
    if row.brand is not None:
        facts["brand_id"] = shelves.brand_id(row.brand)
    if row.category_path is not None:
        facts["category_id"] = shelves.category_id(row.category_path)
    optional = {
        "description": row.description,
        "attributes": row.attributes,
        "source_image_url": row.image_url,
    }
    return facts | {name: value for name, value in optional.items() if value is not None}


def _search_text(row: Row, siblings: Sequence[ProductVariant]) -> str:
    product = siblings[0].product
    is_only = len(siblings) == 1
    stored_brand = product.brand.name if product.brand else ""
    return search_text_of(
        name=row.name if is_only else product.name,
        brand=row.brand if is_only and row.brand is not None else stored_brand,
        skus=(variant.sku for variant in siblings),
        barcodes=(variant.barcode for variant in siblings),
    )


def _assign(target: Model, **values: Any) -> bool:
    """Set what differs; tell whether anything did."""
    changed = {name: value for name, value in values.items() if getattr(target, name) != value}
    for name, value in changed.items():
        setattr(target, name, value)
    return bool(changed)
