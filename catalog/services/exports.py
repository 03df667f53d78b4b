"""The catalogue as a file that the importer takes back without changing anything."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from catalog.models import Category, Price, ProductVariant
from catalog.models.products import MEASURES
from catalog.services.attributes.values import as_written, rows_of
from catalog.services.imports.formulas import defused
from catalog.services.imports.sources import Format
from ecommerce_backend.common import money

BATCH_ROWS = 1000
COLUMNS = (
    *("sku", "upc", "name", "description", "brand", "price", "currency"),
    *("category_path", "image_url", "attributes"),
    *MEASURES,
)
_SEPARATOR = " > "


def export(*, format_: Format, currency: str | None = None) -> Iterator[bytes]:
    """Yield the variants that have a price, in the order in which they were made.

    One row each: the importer takes one price for a SKU. Without `currency` that is the price in
    the store's, else in the alphabetically first. Four queries for a thousand rows.
    """
    write = _csv_lines if format_ is Format.CSV else _json_lines
    if format_ is Format.CSV:
        yield _csv(COLUMNS)
    paths = _category_paths()
    last_id = 0
    while variants := _batch(last_id):
        yield write(_rows(variants, paths, currency))
        last_id = variants[-1].pk


def _batch(after: int) -> list[ProductVariant]:
    rows = ProductVariant.objects.filter(pk__gt=after).select_related("product__brand")
    return list(rows.order_by("pk")[:BATCH_ROWS])


def _rows(
    variants: Sequence[ProductVariant], paths: Mapping[int, Sequence[str]], currency: str | None
) -> Iterator[dict[str, Any]]:
    prices = _prices(variants, currency)
    values = _values(variants)
    for variant in variants:
        if variant.pk in prices:
            row = _row(variant, prices[variant.pk], paths)
            yield {**row, "attributes": {**row["attributes"], **values[variant.product_id]}}


def _values(variants: Sequence[ProductVariant]) -> Mapping[int, Mapping[str, Any]]:
    rows = defaultdict(list)
    for row in rows_of({variant.product_id for variant in variants}):
        rows[row["product_id"]].append(row)
    return defaultdict(dict, {pk: as_written(of_product) for pk, of_product in rows.items()})


def _row(
    variant: ProductVariant, price: Price, paths: Mapping[int, Sequence[str]]
) -> dict[str, Any]:
    product = variant.product
    return {
        "sku": variant.sku,
        "upc": variant.barcode,
        "name": product.name,
        "description": product.description,
        "brand": product.brand.name if product.brand else "",
        "price": money.formatted(price.amount, price.currency),
        "currency": price.currency,
        "category_path": list(paths.get(product.category_id or 0, ())),
        "image_url": product.source_image_url,
        "attributes": product.attributes,
        **{name: getattr(variant, name) for name in MEASURES},
    }


def _prices(variants: Sequence[ProductVariant], currency: str | None) -> dict[int, Price]:
    rows = Price.objects.filter(variant__in=variants).order_by("variant", "currency")
    if currency:
        rows = rows.filter(currency=currency)
    found: dict[int, Price] = {}
    for price in rows:
        if price.variant_id not in found or price.currency == settings.STORE_CURRENCY:
            found[price.variant_id] = price
    return found


def _category_paths() -> dict[int, Sequence[str]]:
    names_at: dict[str, Sequence[str]] = {"": ()}
    by_id = {}
    for path, name, pk in Category.objects.order_by("path").values_list("path", "name", "pk"):
        names_at[path] = (*names_at[path[: -Category.steplen]], name)
        by_id[pk] = names_at[path]
    return by_id


def _json_lines(rows: Iterator[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def _csv_lines(rows: Iterator[dict[str, Any]]) -> bytes:
    return b"".join(_csv([_cell(name, row[name]) for name in COLUMNS]) for row in rows)


def _cell(column: str, value: Any) -> str:
    if column == "category_path":
        is_plain = not any(_SEPARATOR in name or name.startswith("[") for name in value)
        return defused(_SEPARATOR.join(value) if is_plain else json.dumps(value))
    if column in MEASURES:
        return "" if value is None else str(value)
    if column == "attributes":
        return json.dumps(value, ensure_ascii=False) if value else ""
    return defused(value)


def _csv(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue().encode()
