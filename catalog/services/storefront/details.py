"""One product in full."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalog.models import Product, ProductImage, Stock
from catalog.models.products import MEASURES
from catalog.models.stock import availability
from catalog.selectors.pricing import Prices, prices_of
from catalog.services.attributes.values import as_shown, rows_of
from catalog.services.lowest_prices import lowest_before
from catalog.services.storefront import pictures
from catalog.services.storefront.departments import breadcrumbs
from catalog.services.storefront.offers import shown_currency
from ecommerce_backend.common import money

Row = Mapping[str, Any]


def detail(
    product: Product, *, currency: str | None, customer_id: int | None = None
) -> dict[str, Any]:
    """Return everything about a listed product with its brand and category loaded.

    Five queries, and a sixth where a price is reduced. Prices are everybody's, or a customer's. A
    variant without a price in the currency shown has the price null and cannot be bought.
    """
    variants = _variants(product)
    ids = [row["pk"] for row in variants]
    prices = prices_of(ids, customer_id=customer_id)
    shown = currency or shown_currency([code for _, code in prices])
    in_shown = {variant: price for (variant, code), price in prices.items() if code == shown}
    reduced = [
        (variant, shown) for variant, price in in_shown.items() if price.compare_at is not None
    ]
    lowest = lowest_before(reduced)
    return {
        "slug": product.slug,
        "name": product.name,
        "description": product.description,
        "brand": product.brand and {"name": product.brand.name, "slug": product.brand.slug},
        "category": product.category
        and {"name": product.category.name, "slug": product.category.slug},
        "breadcrumbs": breadcrumbs(product.category),
        "options": product.options,
        "attribute_values": as_shown(rows_of([product.pk])),
        "attributes": product.attributes,
        "currency": shown,
        "variants": [
            _variant(row, in_shown.get(row["pk"]), lowest.get((row["pk"], shown)), shown)
            for row in variants
        ],
        "images": _images(product),
        "rating": None if product.rating_average is None else str(product.rating_average),
        "review_count": product.rating_count,
    }


def _variant(
    row: Row, prices: Prices | None, lowest: Decimal | None, currency: str
) -> dict[str, Any]:
    former = None if prices is None else prices.compare_at
    return {
        "sku": row["sku"],
        "barcode": row["barcode"],
        "options": row["options"],
        **{name: row[name] for name in MEASURES},
        "price": None if prices is None else money.formatted(prices.unit_price(), currency),
        "compare_at": None if former is None else money.formatted(former, currency),
        "lowest_price_30d": None if lowest is None else money.formatted(lowest, currency),
        "tiers": [] if prices is None else _tiers(prices, currency),
        "currency": currency,
        **(_availability(row) if prices else _NOT_FOR_SALE),
    }


def _tiers(prices: Prices, currency: str) -> list[dict[str, Any]]:
    return [
        {"min_quantity": tier.min_quantity, "amount": money.formatted(tier.amount, currency)}
        for tier in prices.tiers
    ]


_NOT_FOR_SALE: Row = {
    "availability": Stock.Availability.OUT_OF_STOCK.value,
    "available": 0,
    "expected_on": None,
}


def _availability(row: Row) -> Row:
    sellable, room = row["stock__sellable"], row["stock__backorder_room"]
    word = availability(sellable=sellable, backorder_room=room, policy=row["stock__policy"])
    expected_on = None if sellable else row["stock__expected_on"]
    return {
        "availability": word.value,
        "available": sellable + room,
        "expected_on": expected_on and expected_on.isoformat(),
    }


def _variants(product: Product) -> list[Row]:
    rows = product.variants.filter(is_active=True).order_by("position", "pk")
    return list(rows.values(*_VARIANT_COLUMNS))


_VARIANT_COLUMNS = (
    *("pk", "sku", "barcode", "options", *MEASURES),
    *("stock__sellable", "stock__backorder_room", "stock__policy", "stock__expected_on"),
)


def _images(product: Product) -> list[dict[str, Any]]:
    rows = ProductImage.objects.shown().filter(product=product).order_by("position", "pk")
    return [pictures.picture(row) for row in rows.values(*pictures.COLUMNS)]
