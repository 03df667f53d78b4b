"""Adding the products of one batch, all of a kind by one statement.

As models, five hundred took 240 ms of Python; as one JSON text they take 60.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from catalog.services import stock
from catalog.services.attributes.values import write_values
from catalog.services.imports.planning import Plan
from catalog.services.imports.rows import Row
from catalog.services.imports.shelves import Shelves
from catalog.services.search_text import search_text_of
from catalog.services.slugs import RESERVED, first_free, slug_choices, slug_of
from users.models import User

_ADD_PRODUCTS = """
INSERT INTO catalog_product (
    created_at, updated_at, name, slug, description, brand_id, category_id, status,
    options, attributes, source_image_url, search_text, rating_count
)
SELECT clock_timestamp(), clock_timestamp(), name, slug, description, brand_id, category_id,
    'published', '[]', attributes, source_image_url, search_text, 0
FROM json_to_recordset(%s) AS given (
    line bigint, name text, slug text, description text, brand_id bigint, category_id bigint,
    attributes jsonb, source_image_url text, search_text text
)
ORDER BY line
RETURNING slug, id
"""
# The triggers for search, lowest and past prices run at its end: once, when all of it is there.
_ADD_VARIANTS = """
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s) AS given (
        line bigint, product_id bigint, sku text, barcode text, currency text, amount numeric,
        weight_grams int, length_mm int, width_mm int, height_mm int
    )
), variant AS (
    INSERT INTO catalog_productvariant (
        created_at, updated_at, product_id, sku, barcode, options, position, is_active,
        weight_grams, length_mm, width_mm, height_mm
    )
    SELECT clock_timestamp(), clock_timestamp(), product_id, sku, barcode, '{}', 0, true,
        weight_grams, length_mm, width_mm, height_mm
    FROM given ORDER BY line
    RETURNING id, sku
), price AS (
    INSERT INTO catalog_price (created_at, updated_at, variant_id, currency, amount)
    SELECT clock_timestamp(), clock_timestamp(), variant.id, currency, amount
    FROM given JOIN variant USING (sku) ORDER BY line
)
SELECT sku, id FROM variant
"""


def add(
    batch: Plan,
    *,
    shelves: Shelves,
    opening_stock: int,
    reference: str,
    actor: User | None,
) -> None:
    """Put new SKUs up for sale, each as a product of its own, in a fixed number of queries.

    `opening_stock` is in units, for rows without `on_hand`. Raises IntegrityError and DataError.
    """
    rows, slugs = batch.new, _slugs(batch.new)
    said = [batch.sayings[row.sku] for row in rows]
    product_ids = _returned(
        _ADD_PRODUCTS,
        [
            _product(row, slug, shelves, facts=of_row.facts)
            for row, slug, of_row in zip(rows, slugs, said, strict=True)
        ],
    )
    values = {
        product_ids[slug]: of_row.values
        for slug, of_row in zip(slugs, said, strict=True)
        if of_row.values
    }
    # Before there is a variant: the words for search are then worked out once, with all of it.
    if values:
        write_values(values, definitions=batch.definitions)
    variant_ids = _returned(
        _ADD_VARIANTS,
        [_variant(row, product_ids[slug]) for row, slug in zip(rows, slugs, strict=True)],
    )
    stock.open_skus(
        [
            stock.Opening(
                variant_id=variant_ids[row.sku],
                sku=row.sku,
                units=opening_stock if row.on_hand is None else row.on_hand,
            )
            for row in rows
        ],
        reference=reference,
        actor=actor,
    )


def _returned(statement: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, ensure_ascii=False)])
        return dict(cursor.fetchall())


def _variant(row: Row, product_id: int) -> dict[str, Any]:
    return {
        "line": row.line,
        "product_id": product_id,
        "sku": row.sku,
        "barcode": row.upc or "",
        "currency": row.currency,
        "amount": str(row.price),
        **row.measures,
    }


def _product(row: Row, slug: str, shelves: Shelves, *, facts: Mapping[str, Any]) -> dict[str, Any]:
    brand, barcode = row.brand or "", row.upc or ""
    return {
        "line": row.line,
        "name": row.name,
        "slug": slug,
        "description": row.description or "",
        "brand_id": shelves.brand_id(brand),
        "category_id": shelves.category_id(row.category_path or ()),
        "attributes": facts,
        "source_image_url": row.image_url or "",
        "search_text": search_text_of(
            name=row.name, brand=brand, skus=[row.sku], barcodes=[barcode]
        ),
    }


def _slugs(rows: Sequence[Row]) -> list[str]:
    """Return a free slug for each row, in two queries."""
    liked = [slug_of(row.name, fallback=row.sku) for row in rows]
    counts = Counter(liked)
    taken = _taken(liked)
    # Few do not get the slug they like best, so others are thought of for these alone.
    contested = {slug for slug in liked if slug in taken or slug in RESERVED or counts[slug] > 1}
    choices = {
        row.sku: slug_choices(row.name, fallback=row.sku)
        for row, slug in zip(rows, liked, strict=True)
        if slug in contested
    }
    taken |= _taken([slug for of_row in choices.values() for slug in of_row])
    taken |= set(liked) - contested
    slugs = []
    for row, slug in zip(rows, liked, strict=True):
        slugs.append(first_free(choices[row.sku], taken=taken) if row.sku in choices else slug)
        taken.add(slugs[-1])
    return slugs


def _taken(slugs: Sequence[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT slug FROM catalog_product WHERE slug = ANY (%s)", [list(slugs)])
        return {slug for (slug,) in cursor.fetchall()}
