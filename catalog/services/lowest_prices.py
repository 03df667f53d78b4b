"""The lowest price before a reduction, which shops in the EU have to show beside it."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db import connections, router
from django.utils import timezone

from catalog.models import PastPrice

_LOWEST = """
SELECT variant, currency, catalog_lowest_before(variant, currency, %s)
FROM unnest(%s::bigint[], %s::text[]) AS reduced(variant, currency)
"""

Reduced = tuple[int, str]


def lowest_before(
    reduced: Collection[Reduced], *, at: datetime | None = None
) -> dict[Reduced, Decimal]:
    """Return, by variant and currency, the lowest of thirty days before its price came to be so.

    That is what Directive 98/6/EC, article 6a, wants beside a reduction: of what everybody paid for
    one unit, by price lists too. What has no earlier price known is not in it. One query; none for
    nothing.
    """
    if not reduced:
        return {}
    variants, currencies = zip(*reduced, strict=True)
    with connections[router.db_for_read(PastPrice)].cursor() as cursor:
        cursor.execute(_LOWEST, [at or timezone.now(), list(variants), list(currencies)])
        return {
            (variant, code): lowest
            for variant, code, lowest in cursor.fetchall()
            if lowest is not None
        }
