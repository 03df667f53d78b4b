"""Counting what customers buy together, out of the ledger: each order's number is a reference."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

WITHIN = timedelta(days=90)
MOST = 12  # of each product
_PAIRS = """
WITH bought AS MATERIALIZED (
    SELECT movement.reference, variant.product_id
    FROM catalog_stockmovement AS movement
    JOIN catalog_productvariant AS variant ON variant.id = movement.stock_id
    WHERE movement.kind IN ('allocation', 'release') AND movement.reference <> ''
        AND movement.recorded_at > %(since)s
    GROUP BY movement.reference, variant.product_id
    HAVING sum(movement.allocated_change) > 0
), ranked AS (
    SELECT one.product_id, other.product_id AS other_id, count(*) AS orders,
        row_number() OVER (
            PARTITION BY one.product_id ORDER BY count(*) DESC, other.product_id DESC
        ) AS place
    FROM bought AS one
    JOIN bought AS other USING (reference)
    WHERE one.product_id <> other.product_id
    GROUP BY one.product_id, other.product_id
), kept AS MATERIALIZED (
    SELECT product_id, other_id, orders FROM ranked WHERE place <= %(most)s
), gone AS (
    DELETE FROM catalog_boughttogether AS old
    WHERE NOT EXISTS (
        SELECT FROM kept WHERE kept.product_id = old.product_id AND kept.other_id = old.other_id
    )
    RETURNING 1
), written AS (
    INSERT INTO catalog_boughttogether AS old (product_id, other_id, orders)
    SELECT product_id, other_id, orders FROM kept
    ON CONFLICT (product_id, other_id) DO UPDATE SET orders = excluded.orders
    WHERE old.orders <> excluded.orders
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
"""


@transaction.atomic
def count_bought_together() -> int:
    """Count in how many orders of late, that were not cancelled, two products were together.

    Returns how many pairs changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '60s'")
        cursor.execute(_PAIRS, {"since": timezone.now() - WITHIN, "most": MOST})
        (changed,) = cursor.fetchone()
        return int(changed)
