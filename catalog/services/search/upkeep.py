"""What search keeps beside its entries: the words of the shop, sales, and what is out of date."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import SearchEntry, SearchLanguage

BATCH = 500
SOLD_WITHIN = timedelta(days=90)
_WORDS = """
WITH texts AS (
    SELECT entry.name_key || ' ' || catalog_plain(brand.name) || ' ' || catalog_plain(category.name)
        || ' ' || catalog_joined(product.name) || ' ' || catalog_plain(said.words) AS text
    FROM catalog_searchentry AS entry
    JOIN catalog_product AS product ON product.id = entry.product_id
    LEFT JOIN catalog_brand AS brand ON brand.id = product.brand_id
    LEFT JOIN catalog_category AS category ON category.id = product.category_id
    LEFT JOIN catalog_attribute_words(
        ARRAY(SELECT id FROM catalog_product WHERE status = 'published')
    ) AS said ON said.product_id = product.id
    WHERE product.status = 'published'
), counted AS MATERIALIZED (
    SELECT word, count(*) AS products
    FROM texts, LATERAL (SELECT DISTINCT regexp_split_to_table(text, ' ') AS word) AS words
    WHERE length(word) BETWEEN 3 AND 30 AND word !~ '[0-9]'
    GROUP BY word
), gone AS (
    DELETE FROM catalog_searchword WHERE word NOT IN (SELECT word FROM counted)
)
INSERT INTO catalog_searchword AS kept (word, products)
SELECT word, products FROM counted
ON CONFLICT (word) DO UPDATE SET products = excluded.products
WHERE kept.products <> excluded.products
"""
_SALES = """
UPDATE catalog_searchentry AS entry
SET units_sold = coalesce(sold.units, 0)
FROM catalog_searchentry AS every
LEFT JOIN (
    SELECT variant.product_id, greatest(sum(movement.allocated_change), 0) AS units
    FROM catalog_stockmovement AS movement
    JOIN catalog_productvariant AS variant ON variant.id = movement.stock_id
    WHERE movement.kind IN ('allocation', 'release') AND movement.recorded_at > %s
    GROUP BY variant.product_id
) AS sold USING (product_id)
WHERE entry.product_id = every.product_id AND entry.units_sold <> coalesce(sold.units, 0)
"""


@transaction.atomic
def count_words() -> int:
    """Count the words that products, brands and categories have; return how many changed."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '60s'")
        cursor.execute(_WORDS)
        return int(cursor.rowcount)


@transaction.atomic
def count_sales() -> int:
    """Count the units of each product that were ordered lately and not cancelled.

    Returns how many products' numbers changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '60s'")
        cursor.execute(_SALES, [timezone.now() - SOLD_WITHIN])
        return int(cursor.rowcount)


def write_stale_entries() -> int:
    """Write anew what a renamed brand or category left to be done; return how many that were."""
    written = 0
    stale = SearchEntry.objects.filter(is_stale=True).order_by("pk").values_list("pk", flat=True)
    while batch := list(stale[:BATCH]):
        _refresh(batch)
        written += len(batch)
    return written


def write_all_entries() -> int:
    """Write every entry whose content is not what it should be; return how many were looked at.

    The languages of the setting are those of the database from here on.
    """
    _set_languages()
    looked_at, last = 0, 0
    entries = SearchEntry.objects.order_by("pk").values_list("pk", flat=True)
    while batch := list(entries.filter(pk__gt=last)[:BATCH]):
        _refresh(batch)
        looked_at, last = looked_at + len(batch), batch[-1]
    return looked_at


@transaction.atomic
def _set_languages() -> None:
    wanted = set(settings.SEARCH_LANGUAGES)
    SearchLanguage.objects.exclude(name__in=wanted).delete()
    SearchLanguage.objects.bulk_create(
        [SearchLanguage(name=name) for name in sorted(wanted)], ignore_conflicts=True
    )


def _refresh(product_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT catalog_refresh_search(%s::bigint[])", [product_ids])
