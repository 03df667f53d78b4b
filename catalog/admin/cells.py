"""What columns of the lists show."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models import Price, ProductImage, ProductVariant, Stock
from catalog.services.storefront.pictures import address
from ecommerce_backend.common import money

NOTHING = "–"
THUMBNAIL = 48  # pixels


def thumbnail(image: ProductImage | None, *, height: int = THUMBNAIL) -> SafeString | str:
    if image is None or not image.file:
        return NOTHING
    narrowest = next((str(one["file"]) for one in image.renditions), str(image.file.name))
    return format_html('<img src="{}" alt="{}" height="{}">', address(narrowest), image.alt, height)


def preview(image: ProductImage) -> SafeString | str:
    """Show a picture, or how far it is."""
    if image.status == ProductImage.Status.READY:
        return thumbnail(image, height=96)
    return image.failure or image.get_status_display()


def price_range(variants: Iterable[ProductVariant]) -> str:
    """Return from what to what the variants cost, for each currency."""
    amounts: dict[str, list[Price]] = {}
    for variant in variants:
        for price in variant.prices.all():
            amounts.setdefault(price.currency, []).append(price)
    ranges = (_range(currency, prices) for currency, prices in sorted(amounts.items()))
    return ", ".join(ranges) or NOTHING


def _range(currency: str, prices: Iterable[Price]) -> str:
    ordered = sorted({price.amount for price in prices})
    ends = dict.fromkeys(money.formatted(end, currency) for end in (ordered[0], ordered[-1]))
    return f"{' – '.join(ends)} {currency}"


def stock_level(variant: ProductVariant) -> str:
    """Return how many units are for sale and how many there are, and how it is sold if ahead."""
    stock = variant.stock
    level = f"{stock.sellable} of {stock.on_hand}"
    if stock.availability in {Stock.Availability.BACKORDER, Stock.Availability.PREORDER}:
        return f"{level}, {stock.availability.label}"
    return level
