"""Comparing rows with what the shop has, before anything is written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model

from catalog.models import Price, Product, ProductVariant
from catalog.services.attributes.definitions import Definitions
from catalog.services.attributes.sorting import Sorted
from catalog.services.attributes.values import Values, in_words
from catalog.services.imports.refusals import Refusal
from catalog.services.imports.rows import Row
from catalog.services.imports.saying import Sayings, refusal_of
from catalog.services.imports.shelves import Shelves
from catalog.services.search_text import search_text_of

# A value of a column before and after; None where there was none.
Changes = dict[str, tuple[Any, Any]]


@dataclass
class Plan:
    """What a batch comes to: rows of new SKUs, and the records that have to change, by id."""

    new: list[Row] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    changes: list[tuple[Row, Changes]] = field(default_factory=list)  # of rows that update
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)  # for what they say of attributes
    sayings: dict[str, Sorted] = field(default_factory=dict)  # of new SKUs
    values: dict[int, Values] = field(default_factory=dict)  # by product
    definitions: Definitions = field(default_factory=lambda: Definitions([]))
    products: dict[int, Product] = field(default_factory=dict)
    variants: list[ProductVariant] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)


def plan(rows: Sequence[Row], *, shelves: Shelves, is_dry_run: bool) -> Plan:
    """Work out what the rows would change; lock the products unless only asked.

    Four queries, and four more where rows say something of attributes.
    """
    stored = _Stored.load([row.sku for row in rows], is_locked=not is_dry_run)
    sayings = Sayings.load(rows, stored.siblings, shelves)
    result = Plan(definitions=sayings.definitions)
    for row in rows:
        variant = stored.variants.get(row.sku)
        is_one_of_many = variant is not None and len(stored.siblings[variant.product_id]) > 1
        # One row must not speak for a product of which it is only a part.
        product = None if variant is None else variant.product
        said = None if is_one_of_many else sayings.of(row, product)
        if said is not None and said.flaws:
            result.refused.append(refusal_of(row, said.flaws))
        elif variant is None:
            result.new.append(row)
            result.sayings[row.sku] = said or Sorted()
        elif changes := _revise(row, variant, stored, shelves, result) | _say(
            said, variant.product, sayings, result
        ):
            result.updated.append(row.sku)
            result.changes.append((row, changes))
        else:
            result.unchanged += 1
    return result


def _say(said: Sorted | None, product: Product, sayings: Sayings, result: Plan) -> Changes:
    """Note what is said of a product if it is something else than before, and return it."""
    held = sayings.held_by(product)
    if said is None or said == Sorted(facts=dict(held.facts), values=dict(held.values)):
        return {}
    before = {**held.facts, **in_words(held.values, sayings.definitions)}
    after = {**said.facts, **in_words(said.values, sayings.definitions)}
    if said.values != held.values:
        result.values[product.pk] = said.values
    if said.facts != held.facts:
        product.attributes = said.facts
        result.products[product.pk] = product
    return {"attributes": (before, after)}


@dataclass
class _Stored:
    """What the shop has of a batch."""

    variants: dict[str, ProductVariant]
    siblings: dict[int, list[ProductVariant]]  # by product, itself among them
    prices: dict[tuple[int, str], Price]

    @classmethod
    def load(cls, skus: Sequence[str], *, is_locked: bool) -> "_Stored":
        products = Product.objects.filter(pk__in=_product_ids(skus)).select_related("brand")
        if is_locked:
            products = products.select_for_update(no_key=True, of=("self",))
        by_id = {product.pk: product for product in products.order_by("pk")}
        siblings = defaultdict(list)
        wanted = {}
        for variant in ProductVariant.objects.filter(product__in=by_id).order_by("position", "pk"):
            variant.product = by_id[variant.product_id]
            siblings[variant.product_id].append(variant)
            wanted[variant.sku] = variant
        prices = Price.objects.filter(variant__in=[wanted[sku] for sku in skus if sku in wanted])
        return cls(wanted, siblings, {(p.variant_id, p.currency): p for p in prices})


def _product_ids(skus: Sequence[str]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT product_id FROM catalog_productvariant WHERE sku = ANY (%s)",
            [list(skus)],
        )
        return [product_id for (product_id,) in cursor.fetchall()]


def _revise(
    row: Row, variant: ProductVariant, stored: _Stored, shelves: Shelves, result: Plan
) -> Changes:
    """Note what the row changes of its variant, its price and its product, and return it."""
    siblings = stored.siblings[variant.product_id]
    changes = _assign(variant, **({} if row.upc is None else {"barcode": row.upc}), **row.measures)
    if changes:
        result.variants.append(variant)
    changes |= _revise_price(row, variant, stored, result)
    facts = _facts(row, shelves) if len(siblings) == 1 else {}
    facts["search_text"] = _search_text(row, siblings)
    was_in, was_by = variant.product.category_id, variant.product.brand
    of_product = _assign(variant.product, **facts)
    if of_product:
        result.products[variant.product_id] = variant.product
    if "category_id" in of_product:
        of_product["category_id"] = (shelves.path_of(was_in), row.category_path)
    if "brand_id" in of_product:
        of_product["brand_id"] = (was_by.name if was_by else "", row.brand)
    return changes | of_product


def _revise_price(row: Row, variant: ProductVariant, stored: _Stored, result: Plan) -> Changes:
    price = stored.prices.get((variant.pk, row.currency))
    if price is None:
        price = Price(variant=variant, currency=row.currency, amount=row.price)
        changes: Changes = {"amount": (None, row.price)}
    elif price.amount == row.price:
        return {}
    else:
        # A former price that is not higher is none.
        former = price.compare_at if price.compare_at and price.compare_at > row.price else None
        changes = _assign(price, amount=row.price, compare_at=former)
    result.prices.append(price)
    return changes


def _facts(row: Row, shelves: Shelves) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": row.name}
    if row.brand is not None:
        facts["brand_id"] = shelves.brand_id(row.brand)
    if row.category_path is not None:
        facts["category_id"] = shelves.category_id(row.category_path)
    optional = {
        "description": row.description,
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


def _assign(target: Model, **values: Any) -> Changes:
    """Set what differs; return it as it was and as it is."""
    changed = {
        name: (getattr(target, name), value)
        for name, value in values.items()
        if getattr(target, name) != value
    }
    for name, (_, value) in changed.items():
        setattr(target, name, value)
    return changed
