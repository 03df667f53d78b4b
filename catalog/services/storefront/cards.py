"""Products as they stand on a shelf: one dictionary each, built for a whole page at once.

Made by hand, because model instances and serializer fields were most of what a list cost.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg, BoolOr
from django.db.models import Max, Min, Q

from catalog.models import Price, ProductImage, Stock
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

Row = Mapping[str, Any]
Card = dict[str, Any]


def cards(
    products: Sequence[Row],
    *,
    currency: str | None,
    fields: Collection[str] = FIELDS,
    question: Question | None = None,
) -> list[Card]:
    """Return the cards of a page of listed products, given as their COLUMNS.

    Two queries, and a third to mark the words of a question.

    Without a currency each product is shown in the store's, if it has a price in it, else in its
    own alphabetically first. Offers and images are looked up only for `fields` that show them.
    """
    product_ids = [product["id"] for product in products]
    offers = _offers(product_ids, currency) if _OF_OFFERS & set(fields) else None
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


def _offer(offers: Sequence[Row]) -> Card:
    currency = shown_currency([offer["currency"] for offer in offers])
    offer = next(offer for offer in offers if offer["currency"] == currency)
    former = offer["compare_ats"][0]
    return {
        "price_min": money.formatted(offer["price_min"], currency),
        "price_max": money.formatted(offer["price_max"], currency),
        "compare_at": None if former is None else money.formatted(former, currency),
        "currency": currency,
        "availability": _availability(offers),
    }


def _availability(offers: Sequence[Row]) -> str:
    """Say of the variant that can be had soonest how it can be had."""
    for word in Stock.Availability:
        if any(offer.get(word) for offer in offers):
            return word.value
    return Stock.Availability.OUT_OF_STOCK.value


def _sold_ahead(policy: Stock.Policy) -> Q:
    return Q(variant__stock__backorder_room__gt=0, variant__stock__policy=policy)


def _named(name: str | None, slug: str | None) -> dict[str, Any] | None:
    return None if slug is None else {"name": name, "slug": slug}


def _offers(product_ids: Sequence[int], currency: str | None) -> dict[int, list[Row]]:
    """Return, by product, what it can be had for in each currency."""
    prices = Price.objects.filter(variant__product__in=product_ids, variant__is_active=True)
    if currency:
        prices = prices.filter(currency=currency)
    rows = prices.values("variant__product_id", "currency").annotate(
        price_min=Min("amount"),
        price_max=Max("amount"),
        # Cheapest variant first: its former price is the one to show.
        compare_ats=ArrayAgg("compare_at", order_by=("amount", "variant__position", "variant_id")),
        in_stock=BoolOr(Q(variant__stock__sellable__gt=0)),
        backorder=BoolOr(_sold_ahead(Stock.Policy.BACKORDER)),
        preorder=BoolOr(_sold_ahead(Stock.Policy.PREORDER)),
    )
    offers: dict[int, list[Row]] = {}
    for row in rows:
        offers.setdefault(row["variant__product_id"], []).append(row)
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
