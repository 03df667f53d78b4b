"""Products as they stand on a shelf: one dictionary each, built for a whole page at once.

Made by hand, because model instances and serializer fields were most of what a list cost.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connections, router

from catalog.models import Price, ProductImage, Stock
from catalog.models.stock import availability
from catalog.services import pricing
from catalog.services.search.highlighting import highlights
from catalog.services.search.questions import Question
from catalog.services.storefront import pictures
from ecommerce_backend.common import money

COLUMNS = (
    "id",
    "slug",
    "name",
    "rating_average",
    "rating_count",
    "brand__name",
    "brand__slug",
    "category__name",
    "category__slug",
)

FIELDS = (
    *("slug", "name", "brand", "category", "price_min", "price_max", "compare_at", "currency"),
    *("image", "rating", "review_count", "availability", "highlight"),
)
_OF_OFFERS = frozenset({"price_min", "price_max", "compare_at", "currency", "availability"})

_OFFERS = f"""
SELECT variant.product_id, priced.currency, priced.amount, priced.compare_at, priced.listed,
    stock.sellable, stock.backorder_room, stock.policy
FROM ({pricing.PRICED}) AS priced
JOIN catalog_productvariant AS variant ON variant.id = priced.variant_id AND variant.is_active
JOIN catalog_stock AS stock ON stock.variant_id = variant.id
WHERE variant.product_id = ANY (%(products)s)
    AND priced.currency = coalesce(%(currency)s, priced.currency)
ORDER BY variant.position, variant.id
"""  # noqa: S608

Row = Mapping[str, Any]
Card = dict[str, Any]


class _Offer(NamedTuple):
    """What one variant can be had for in one currency."""

    currency: str
    amount: Decimal
    compare_at: Decimal | None
    availability: Stock.Availability


def cards(
    products: Sequence[Row],
    *,
    currency: str | None,
    fields: Collection[str] = FIELDS,
    question: Question | None = None,
    customer_id: int | None = None,
) -> list[Card]:
    """Return the cards of a page of listed products, given as their COLUMNS.

    Two queries, and a third to mark the words of a question.

    Without a currency each product is shown in the store's, if it has a price in it, else in its
    own alphabetically first. Prices are everybody's, or a customer's. Offers and images are looked
    up only for `fields` that show them.
    """
    product_ids = [product["id"] for product in products]
    shows_offers = not _OF_OFFERS.isdisjoint(fields)
    offers = _offers(product_ids, currency, customer_id) if shows_offers else None
    images = _first_images(product_ids) if "image" in fields else {}
    marks = highlights(products, question) if question and "highlight" in fields else []
    shown = []
    for product, highlight in zip_longest(products, marks):
        card = {**_card(product, images.get(product["id"])), "highlight": highlight}
        if offers is not None:
            # A product that lost its last price since the page was read has no offer.
            if product["id"] not in offers:
                continue
            card |= _offer(offers[product["id"]])
        shown.append({name: card[name] for name in FIELDS if name in fields})
    return shown


def shown_currency(currencies: Sequence[str]) -> str:
    """Return which of the currencies a product has prices in is shown by itself."""
    store: str = settings.STORE_CURRENCY
    return store if store in currencies else min(currencies)


def _card(product: Row, image: Row | None) -> Card:
    rating = product["rating_average"]
    return {
        "slug": product["slug"],
        "name": product["name"],
        "brand": _named(product["brand__name"], product["brand__slug"]),
        "category": _named(product["category__name"], product["category__slug"]),
        "image": None if image is None else pictures.picture(image),
        "rating": None if rating is None else str(rating),
        "review_count": product["rating_count"],
    }


def _offer(offers: Sequence[_Offer]) -> Card:
    currency = shown_currency([offer.currency for offer in offers])
    shown = [offer for offer in offers if offer.currency == currency]
    amounts = [offer.amount for offer in shown]
    # The first of the cheapest, in the order of variants: its former price is the one to show.
    cheapest = shown[amounts.index(min(amounts))]
    former = cheapest.compare_at
    return {
        "price_min": money.formatted(cheapest.amount, currency),
        "price_max": money.formatted(max(amounts), currency),
        "compare_at": None if former is None else money.formatted(former, currency),
        "currency": currency,
        "availability": _availability(offers),
    }


def _availability(offers: Sequence[_Offer]) -> str:
    """Say of the variant that can be had soonest how it can be had."""
    found = {offer.availability for offer in offers}
    return next(word.value for word in Stock.Availability if word in found)


def _named(name: str | None, slug: str | None) -> dict[str, Any] | None:
    return None if slug is None else {"name": name, "slug": slug}


def _offers(
    product_ids: Sequence[int], currency: str | None, customer_id: int | None
) -> dict[int, list[_Offer]]:
    """Return, by product, what its variants can be had for in each currency; one query."""
    if not product_ids:
        return {}
    values = {"products": product_ids, "currency": currency, **pricing.moment(customer_id)}
    offers: dict[int, list[_Offer]] = {}
    with connections[router.db_for_read(Price)].cursor() as cursor:
        cursor.execute(_OFFERS, values)
        for product, code, amount, former, listed, sellable, room, policy in cursor.fetchall():
            prices = pricing.Prices.of(amount, former, listed)
            offer = _Offer(
                currency=code,
                amount=prices.unit_price(),
                compare_at=prices.compare_at,
                availability=availability(sellable=sellable, backorder_room=room, policy=policy),
            )
            offers.setdefault(product, []).append(offer)
    return offers


def _first_images(product_ids: Sequence[int]) -> dict[int, Row]:
    rows = (
        ProductImage.objects.shown()
        .filter(product__in=product_ids)
        .order_by("product_id", "position", "id")
        .distinct("product_id")
        .values("product_id", *pictures.COLUMNS)
    )
    return {row["product_id"]: row for row in rows}
