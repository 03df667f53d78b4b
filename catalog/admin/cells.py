"""What columns of the lists show."""

from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.models import AttributeChoice, Price, ProductImage, ProductVariant, Stock
from catalog.services.storefront.pictures import address
from ecommerce_backend.common import money

NOTHING = "–"
MOST_SHOWN = 8  # choices of an attribute in the list
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


def swatch(choice: AttributeChoice) -> SafeString | str:
    """Return a choice's label, after its colour if it has one; styles are not allowed here."""
    if not choice.color:
        return choice.label
    return format_html(
        '<svg class="swatch" width="16" height="16" aria-hidden="true">'
        '<rect width="16" height="16" rx="3" fill="{}"></rect></svg> {}',
        choice.color,
        choice.label,
    )


def offered(choices: Sequence[AttributeChoice]) -> SafeString | str:
    """Return the first of the choices of an attribute."""
    shown = format_html_join(", ", "{}", ((swatch(choice),) for choice in choices[:MOST_SHOWN]))
    if len(choices) > MOST_SHOWN:
        return format_html("{} and {} more", shown, len(choices) - MOST_SHOWN)
    return shown or NOTHING


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
