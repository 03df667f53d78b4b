"""What somebody may be about to type, within a few milliseconds."""

from typing import Any

from django.db import connections, router
from django.utils import timezone

from catalog.models import Product
from catalog.services.search.spelling import respelled
from catalog.services.search.synonyms import keys_of

PRODUCTS, SHELVES = 8, 4  # the most of each that are suggested
# Of names that begin so by the alphabet, and of those with such words: the best of them are chosen.
BEGINNING, CONTAINING, TRIED = 60, 150, 20
SHORTEST = 3  # letters from which on words inside a name are looked at
KINDS = ("products", "categories", "brands")
_SUGGEST = """
WITH begun AS MATERIALIZED (
    SELECT product_id FROM catalog_searchentry
    WHERE name_key LIKE %(beginning)s ORDER BY name_key USING ~<~ LIMIT %(most_begun)s
), within AS MATERIALIZED (
    SELECT product_id FROM catalog_searchentry
    WHERE vector @@ %(words)s::tsquery LIMIT %(most_within)s
), products AS (
    SELECT product.name, product.slug
    FROM (SELECT * FROM begun UNION SELECT * FROM within) AS candidate
    JOIN catalog_searchentry AS entry USING (product_id)
    JOIN catalog_product AS product ON product.id = candidate.product_id
    WHERE product.status = 'published'
        AND (product.publish_from IS NULL OR product.publish_from <= %(now)s)
        AND (product.publish_until IS NULL OR product.publish_until > %(now)s)
        AND EXISTS (SELECT FROM catalog_lowestprice AS price WHERE price.product_id = product.id)
    ORDER BY entry.name_key LIKE %(beginning)s DESC, entry.units_sold + product.rating_count DESC,
        length(entry.name_key), product.id
    LIMIT %(products)s
), categories AS MATERIALIZED (
    SELECT name, slug, path FROM catalog_category
    WHERE lower(name) LIKE %(beginning)s OR lower(name) LIKE %(inside)s
    ORDER BY lower(name) LIKE %(beginning)s DESC, depth, path LIMIT %(tried)s
), brands AS MATERIALIZED (
    SELECT id, name, slug FROM catalog_brand
    WHERE lower(name) LIKE %(beginning)s OR lower(name) LIKE %(inside)s
    ORDER BY lower(name) LIKE %(beginning)s DESC, length(name), name LIMIT %(tried)s
)
SELECT 'products', name, slug FROM products
UNION ALL (
    -- Each by itself: as a join, the planner would read all products for a handful of categories.
    SELECT 'categories', name, slug FROM categories WHERE (
        SELECT true FROM catalog_category AS below
        JOIN catalog_product AS product ON product.category_id = below.id
        WHERE below.path >= categories.path AND below.path < categories.path || '~'
            AND product.status = 'published'
        LIMIT 1
    ) LIMIT %(shelves)s
) UNION ALL (
    SELECT 'brands', name, slug FROM brands WHERE EXISTS (
        SELECT FROM catalog_product AS product
        WHERE product.brand_id = brands.id AND product.status = 'published'
    ) LIMIT %(shelves)s
)
"""

Suggestions = dict[str, list[dict[str, str]]]


def suggest(typed: str) -> Suggestions:
    """Return products, categories and brands that begin so, else with words that do.

    Two queries; three more to look for what was misspelt where nothing is found.
    """
    (plain,) = keys_of([typed])
    found = _looked_up(plain)
    if not any(found.values()):
        better = respelled(plain.split(), is_begun=True)
        found = _looked_up(better) if better else found
    return found


def _looked_up(plain: str) -> Suggestions:
    found: Suggestions = {kind: [] for kind in KINDS}
    if not plain:
        return found
    words = " & ".join(f"'{word}':*AB" for word in plain.split())
    is_long = len(plain) >= SHORTEST
    values: dict[str, Any] = {
        # Plain text has none of the signs that mean something to LIKE or in a tsquery.
        "beginning": f"{plain}%",
        "inside": f"% {plain}%" if is_long else "",
        "words": words if is_long else "",
        "now": timezone.now(),
        "most_begun": BEGINNING,
        "most_within": CONTAINING,
        "tried": TRIED,
        "products": PRODUCTS,
        "shelves": SHELVES,
    }
    with connections[router.db_for_read(Product)].cursor() as cursor:
        cursor.execute(_SUGGEST, values)
        for kind, name, slug in cursor.fetchall():
            found[kind].append({"name": name, "slug": slug})
    return found
