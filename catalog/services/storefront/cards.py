"""Products as they stand on a shelf: one dictionary each, built for a whole page at once.

Made by hand, because model instances and serializer fields were most of what a list cost.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from catalog.models import ProductImage
from catalog.services.search.highlighting import highlights
from catalog.services.search.questions import Question
from catalog.services.storefront import pictures
from catalog.services.storefront.offers import OF_OFFERS, offers_of

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
    *("slug", "name", "brand", "category", "price_min", "price_max", "compare_at"),
    *("lowest_price_30d", "currency"),
    *("image", "rating", "review_count", "availability", "highlight"),
)
Row = Mapping[str, Any]
Card = dict[str, Any]


def cards(
    products: Sequence[Row],
    *,
    currency: str | None,
    fields: Collection[str] = FIELDS,
    question: Question | None = None,
    customer_id: int | None = None,
) -> list[Card]:
    """Return the cards of a page of listed products, given as their COLUMNS.

    Two queries, one more where a price is reduced, and one to mark the words of a question.

    Without a currency each product is shown in the store's, if it has a price in it, else in its
    own alphabetically first. Prices are everybody's, or a customer's. Offers and images are looked
    up only for `fields` that show them.
    """
    product_ids = [product["id"] for product in products]
    offers = None
    if not OF_OFFERS.isdisjoint(fields):
        offers = offers_of(product_ids, currency, customer_id, fields=fields)
    images = _first_images(product_ids) if "image" in fields else {}
    marks = highlights(products, question) if question and "highlight" in fields else []
    shown = []
    for product, highlight in zip_longest(products, marks):
        card = {**_card(product, images.get(product["id"])), "highlight": highlight}
        if offers is not None:
            # A product that lost its last price since the page was read has no offer.
            if product["id"] not in offers:
                continue
            card |= offers[product["id"]]
        shown.append({name: card[name] for name in FIELDS if name in fields})
    return shown


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


def _named(name: str | None, slug: str | None) -> dict[str, Any] | None:
    return None if slug is None else {"name": name, "slug": slug}


def _first_images(product_ids: Sequence[int]) -> dict[int, Row]:
    rows = (
        ProductImage.objects.shown()
        .filter(product__in=product_ids)
        .order_by("product_id", "position", "id")
        .distinct("product_id")
        .values("product_id", *pictures.COLUMNS)
    )
    return {row["product_id"]: row for row in rows}
