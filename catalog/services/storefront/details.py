"""One product in full."""

from collections.abc import Mapping
from typing import Any

from catalog.models import Price, Product, ProductImage, Stock
from catalog.models.stock import availability
from catalog.services.attributes.values import as_shown, rows_of
from catalog.services.lowest_prices import with_lowest_before
from catalog.services.storefront import pictures
from catalog.services.storefront.cards import shown_currency
from catalog.services.storefront.departments import breadcrumbs
from ecommerce_backend.common import money

Row = Mapping[str, Any]


def detail(product: Product, *, currency: str | None) -> dict[str, Any]:
    """Return everything about a listed product with its brand and category loaded; five queries.

    A variant without a price in the currency shown has the price null and cannot be bought.
    """
    prices = _prices(product)
    shown = currency or shown_currency([price["currency"] for price in prices.values()])
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
            _variant(row, prices.get((row["pk"], shown)), shown) for row in _variants(product)
        ],
        "images": _images(product),
        "rating": None if product.rating_average is None else str(product.rating_average),
        "review_count": product.rating_count,
    }


def _variant(row: Row, price: Row | None, currency: str) -> dict[str, Any]:
    former = None if price is None else price["compare_at"]
    lowest = None if price is None or former is None else price["lowest_before"]
    return {
        "sku": row["sku"],
        "barcode": row["barcode"],
        "options": row["options"],
        "price": None if price is None else money.formatted(price["amount"], currency),
        "compare_at": None if former is None else money.formatted(former, currency),
        "lowest_price_30d": None if lowest is None else money.formatted(lowest, currency),
        "currency": currency,
        **(_availability(row) if price else _NOT_FOR_SALE),
    }


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
    *("pk", "sku", "barcode", "options"),
    *("stock__sellable", "stock__backorder_room", "stock__policy", "stock__expected_on"),
)


def _prices(product: Product) -> dict[tuple[int, str], Row]:
    rows = Price.objects.filter(variant__product=product, variant__is_active=True)
    return {
        (row["variant_id"], row["currency"]): row
        for row in with_lowest_before(rows).values(
            "variant_id", "currency", "amount", "compare_at", "lowest_before"
        )
    }


def _images(product: Product) -> list[dict[str, Any]]:
    rows = ProductImage.objects.shown().filter(product=product).order_by("position", "pk")
    return [pictures.picture(row) for row in rows.values(*pictures.COLUMNS)]
