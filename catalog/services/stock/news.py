"""What others want to hear of stock: little is left, or something is there again."""

from collections.abc import Iterable, Mapping

from django.conf import settings

from catalog.models import Stock
from catalog.services import back_in_stock
from ecommerce_backend.common import events


def spread(before: Mapping[Stock, int]) -> None:
    """Record which locked SKUs have crossed a line; `before` is what was available of each.

    Once for each crossing: the rows are locked, so nobody else has seen the same one.
    """
    low = [stock for stock, was in before.items() if was > threshold(stock) >= stock.available]
    back = [stock for stock, was in before.items() if was == 0 < stock.available]
    _record("stock.low", low)
    _record("stock.back_in_stock", back)
    if back:
        back_in_stock.tell_later([stock.pk for stock in back])


def threshold(stock: Stock) -> int:
    """Return at how many units little is left of a SKU."""
    own = stock.low_stock_threshold
    return int(settings.LOW_STOCK_THRESHOLD) if own is None else own


def _record(event_type: str, stocks: Iterable[Stock]) -> None:
    available = {stock.variant.sku: stock.available for stock in stocks}
    if available:
        events.record(event_type, subject="stock", payload={"stock": available})
