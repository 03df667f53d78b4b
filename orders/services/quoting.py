"""What the cart would cost, sent where the customer wants it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cart.models import Cart
from cart.selectors import PricedLine, priced
from ecommerce_backend.common.errors import DomainError
from orders import quotes
from orders.quotes import Item, Quote, ShippingOffer, Snapshot
from orders.services import rates

LARGEST_TOTAL = 10**15  # what the column of a sum holds


class CartEmpty(DomainError):
    code = "cart_empty"
    message = "There is nothing in the cart."
    advice = "Show the empty cart; nothing can be ordered."


class ItemsUnavailable(DomainError):
    code = "items_unavailable"
    message = "Some items are not for sale any more; take them out of the cart."
    advice = "Take the lines that `errors` points at out of the cart, then ask for a quote."


class ShippingUnavailable(DomainError):
    code = "shipping_unavailable"
    message = "The shop cannot send this order there."
    advice = "Choose one of the methods that `shipping-methods/` lists for the country."


class TotalTooLarge(DomainError):
    code = "total_too_large"
    message = "The shop cannot take an order this large; split it."
    advice = "Split the cart into several orders."


@dataclass(frozen=True, kw_only=True)
class Quotation:
    """A quote, and the ways of shipping it could be made for instead."""

    quote: Quote
    shipping_offers: list[ShippingOffer]


def quote_cart(
    *, cart: Cart, shipping_address: Mapping[str, Any], shipping_method: str | None = None
) -> Quotation:
    """Price the cart as it is now, with the cheapest shipping where no method is named.

    Raises CartEmpty, ItemsUnavailable, ShippingUnavailable and TotalTooLarge.
    """
    country = shipping_address["country"]
    items = _items(priced(cart).lines)
    offers = rates.shipping_offers(country=country, currency=cart.currency)
    snapshot = Snapshot(
        cart_id=cart.pk,
        currency=cart.currency,
        country=country,
        items=items,
        shipping=_choose(offers, shipping_method),
        tax=rates.tax_in(country),
    )
    quote = quotes.compute_quote(snapshot)
    if quote.total >= LARGEST_TOTAL:
        raise TotalTooLarge
    return Quotation(quote=quote, shipping_offers=offers)


def _items(lines: Sequence[PricedLine]) -> tuple[Item, ...]:
    if not lines:
        raise CartEmpty
    gone = [position for position, line in enumerate(lines) if not line.offer.is_for_sale]
    if gone:
        raise ItemsUnavailable(
            faults=[
                {
                    "pointer": f"/lines/{position}",
                    "code": "unavailable",
                    "detail": f"{lines[position].offer.variant.sku} is not for sale.",
                }
                for position in gone
            ]
        )
    return tuple(_item(line) for line in lines)


def _item(line: PricedLine) -> Item:
    variant = line.offer.variant
    assert line.unit_price is not None, "what is for sale has a price"  # noqa: S101
    return Item(
        variant_id=variant.pk,
        sku=variant.sku,
        name=variant.product.name,
        options=variant.options,
        unit_price=line.unit_price,
        quantity=line.quantity,
    )


def _choose(offers: Sequence[ShippingOffer], code: str | None) -> ShippingOffer:
    if not offers:
        raise ShippingUnavailable(
            faults=[
                {
                    "pointer": "/shipping_address/country",
                    "code": "shipping_unavailable",
                    "detail": "No shipping method goes there in this currency.",
                }
            ]
        )
    if code is None:
        return min(offers, key=lambda offer: offer.amount)
    for offer in offers:
        if offer.code == code:
            return offer
    raise ShippingUnavailable(
        f"{code} is not a shipping method to that country.",
        faults=[
            {
                "pointer": "/shipping_method",
                "code": "shipping_unavailable",
                "detail": f"Choose one of {', '.join(offer.code for offer in offers)}.",
            }
        ],
    )
