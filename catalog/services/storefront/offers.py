"""What the products of a page can be had for: the part of their cards that prices make."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connections, router

from catalog.models import Price, Stock
from catalog.models.stock import availability
from catalog.selectors import pricing
from catalog.services.lowest_prices import lowest_before
from ecommerce_backend.common import money

OF_OFFERS = frozenset(
    {
        *("price_min", "price_max", "compare_at", "lowest_price_30d"),
        *("currency", "availability"),
    }
)
_OFFERS = f"""
SELECT variant.product_id, priced.variant_id, priced.currency, priced.amount, priced.compare_at,
    priced.listed,
    stock.sellable, stock.backorder_room, stock.policy
FROM ({pricing.PRICED}) AS priced
JOIN catalog_productvariant AS variant ON variant.id = priced.variant_id AND variant.is_active
JOIN catalog_stock AS stock ON stock.variant_id = variant.id
WHERE variant.product_id = ANY (%(products)s)
    AND priced.currency = coalesce(%(currency)s, priced.currency)
ORDER BY variant.position, variant.id
"""  # noqa: S608


class Offer(NamedTuple):
    """What one variant can be had for in one currency."""

    variant_id: int
    currency: str
    amount: Decimal
    compare_at: Decimal | None
    availability: Stock.Availability


def offers_of(
    product_ids: Sequence[int],
    currency: str | None,
    customer_id: int | None,
    *,
    fields: Collection[str],
) -> dict[int, dict[str, Any]]:
    """Return, by product, the members of its card that are in OF_OFFERS.

    One query, and another for the lowest prices before where a price shown is reduced.
    """
    found = _offers(product_ids, currency, customer_id)
    shown = {product: _in_one_currency(offers) for product, offers in found.items()}
    cheapest = {product: _cheapest(offers) for product, offers in shown.items()}
    lowest: Mapping[tuple[int, str], Decimal] = {}
    if "lowest_price_30d" in fields:
        reduced = [offer for offer in cheapest.values() if offer.compare_at is not None]
        lowest = lowest_before([(offer.variant_id, offer.currency) for offer in reduced])
    return {
        product: {
            "price_min": money.formatted(best.amount, best.currency),
            "price_max": _formatted(max(offer.amount for offer in shown[product]), best),
            "compare_at": _formatted(best.compare_at, best),
            "lowest_price_30d": _formatted(lowest.get((best.variant_id, best.currency)), best),
            "currency": best.currency,
            "availability": _availability(found[product]),
        }
        for product, best in cheapest.items()
    }


def shown_currency(currencies: Sequence[str]) -> str:
    """Return which of the currencies a product has prices in is shown by itself."""
    store: str = settings.STORE_CURRENCY
    return store if store in currencies else min(currencies)


def _offers(
    product_ids: Sequence[int], currency: str | None, customer_id: int | None
) -> dict[int, list[Offer]]:
    if not product_ids:
        return {}
    values = {"products": product_ids, "currency": currency, **pricing.moment(customer_id)}
    found: dict[int, list[Offer]] = {}
    with connections[router.db_for_read(Price)].cursor() as cursor:
        cursor.execute(_OFFERS, values)
        for product, variant, code, *price, sellable, room, policy in cursor.fetchall():
            prices = pricing.Prices.of(*price)
            word = availability(sellable=sellable, backorder_room=room, policy=policy)
            offer = Offer(variant, code, prices.unit_price(), prices.compare_at, word)
            found.setdefault(product, []).append(offer)
    return found


def _in_one_currency(offers: Sequence[Offer]) -> list[Offer]:
    currency = shown_currency([offer.currency for offer in offers])
    return [offer for offer in offers if offer.currency == currency]


def _cheapest(offers: Sequence[Offer]) -> Offer:
    """Return the first of the cheapest in the order of variants; its former price is shown."""
    return min(offers, key=lambda offer: offer.amount)


def _availability(offers: Sequence[Offer]) -> str:
    """Say of the variant that can be had soonest how it can be had."""
    found = {offer.availability for offer in offers}
    return next(word.value for word in Stock.Availability if word in found)


def _formatted(amount: Decimal | None, offer: Offer) -> str | None:
    return None if amount is None else money.formatted(amount, offer.currency)
