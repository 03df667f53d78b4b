"""Lists of prices beside the usual ones."""

from django.db import connection, transaction

# The row's own trigger decides by the clock whether it is counted, and has what follows worked out.
_COUNT = """
UPDATE catalog_pricelist SET is_counted = is_counted
WHERE id = %s
"""
_MISCOUNTED = """
SELECT id FROM catalog_pricelist
WHERE is_counted <> (
    is_active AND customer_group_id IS NULL
    AND (starts_at IS NULL OR starts_at <= clock_timestamp())
    AND (ends_at IS NULL OR ends_at > clock_timestamp())
)
ORDER BY id
"""


def count_opened_and_closed() -> int:
    """Let filters and orders by price follow lists that opened or closed; return how many did.

    What is charged and shown does not wait for it. Each list is a transaction of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MISCOUNTED)
        lists = [row[0] for row in cursor.fetchall()]
    for number in lists:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '60s'")
            cursor.execute(_COUNT, [number])
    return len(lists)
