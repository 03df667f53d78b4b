"""The lowest price before a reduction, which shops in the EU have to show beside it."""

from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from catalog.models import PastPrice, Price

WINDOW = timedelta(days=30)


def with_lowest_before(prices: QuerySet[Price]) -> QuerySet[Any]:
    """Annotate each price with the lowest of the thirty days before it came to be so.

    That is what Directive 98/6/EC, article 6a, wants beside a reduction: `lowest_before`, in the
    currency of the price, None while no earlier price is known.
    """
    same = PastPrice.objects.filter(variant=OuterRef("variant_id"), currency=OuterRef("currency"))
    earlier = same.filter(until__lte=OuterRef("since"), until__gt=OuterRef("since") - WINDOW)
    return prices.annotate(
        since=Subquery(same.filter(until=None).values("since")[:1]),
        lowest_before=Subquery(earlier.order_by("amount").values("amount")[:1]),
    )
