"""The lowest price before a reduction, which shops in the EU have to show beside it."""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from catalog.models import PastPrice, Price

WINDOW = timedelta(days=30)


def lowest_before(variant_ids: Collection[int], *, currency: str) -> dict[int, Decimal]:
    """Return, by variant, the lowest of the thirty days before its price came to be so.

    That is what Directive 98/6/EC, article 6a, wants beside a reduction. A variant of which no
    earlier price is known is not in it. One query; none for no variants.
    """
    if not variant_ids:
        return {}
    same = PastPrice.objects.filter(variant=OuterRef("variant_id"), currency=OuterRef("currency"))
    earlier = same.filter(until__lte=OuterRef("since"), until__gt=OuterRef("since") - WINDOW)
    prices = Price.objects.filter(variant__in=variant_ids, currency=currency).annotate(
        since=Subquery(same.filter(until=None).values("since")[:1]),
        lowest_before=Subquery(earlier.order_by("amount").values("amount")[:1]),
    )
    return dict(prices.exclude(lowest_before=None).values_list("variant_id", "lowest_before"))
