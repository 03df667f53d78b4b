"""Questions that other apps may ask about carts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from cart.models import Cart, CartLine
from catalog.models import ProductImage
from catalog.selectors import Offer, offers
from catalog.services.storefront.pictures import COLUMNS
from ecommerce_backend.common import rate_limits
from users.models import User

ZERO = Decimal("0")


@dataclass(frozen=True, kw_only=True)
class PricedLine:
    """A cart line at today's price. `total` is zero while it is not for sale."""

    line: CartLine
    offer: Offer

    @property
    def quantity(self) -> int:
        return self.line.quantity

    @property
    def unit_price(self) -> Decimal | None:
        return self.offer.unit_price

    @property
    def total(self) -> Decimal:
        if self.offer.unit_price is None or not self.offer.is_for_sale:
            return ZERO
        return self.offer.unit_price * self.line.quantity

    @property
    def warnings(self) -> list[str]:
        """Say what has changed since the line was put here."""
        if not self.offer.is_for_sale:
            return ["unavailable"]
        found = []
        if self.offer.unit_price != self.line.seen_price:
            found.append("price_changed")
        if self.offer.available < self.line.quantity:
            found.append("insufficient_stock")
        return found


@dataclass(frozen=True, kw_only=True)
class PricedCart:
    """A cart with today's prices and stock; amounts in the cart's currency, before tax."""

    cart: Cart
    lines: list[PricedLine]

    @property
    def currency(self) -> str:
        return self.cart.currency

    @property
    def item_count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def subtotal(self) -> Decimal:
        return sum((line.total for line in self.lines), ZERO)

    @property
    def discount_total(self) -> Decimal:
        return ZERO

    @property
    def total(self) -> Decimal:
        return self.subtotal - self.discount_total


def find_cart(*, user: User | None, token: str | None) -> Cart | None:
    """Return the cart of a customer, else of a guest's token, if there is one.

    Raises RateLimited when too many tokens of the caller opened nothing.
    """
    if user is not None:
        return Cart.objects.filter(customer=user).first()
    if not token:
        return None
    rate_limits.refuse_guessing()
    cart = Cart.objects.filter(token_hash=token_digest(token)).first()
    if cart is None:
        rate_limits.spend_miss()
    return cart


def priced(cart: Cart) -> PricedCart:
    """Return the cart's lines in the order they were added, at today's prices, in three queries."""
    lines = list(cart.lines.order_by("pk")) if cart.pk else []
    found = offers(
        {line.variant_id: line.quantity for line in lines},
        currency=cart.currency,
        customer_id=cart.customer_id,
    )
    return PricedCart(
        cart=cart, lines=[PricedLine(line=line, offer=found[line.variant_id]) for line in lines]
    )


def priced_or_empty(cart: Cart | None) -> PricedCart:
    """Return a cart at today's prices; for None an empty one that is not stored."""
    return priced(cart or Cart(currency=settings.STORE_CURRENCY))


def first_pictures(cart: PricedCart) -> dict[int, Mapping[str, Any]]:
    """Return the row of each product's first picture, by product id, in one query."""
    products = {line.offer.variant.product_id for line in cart.lines}
    rows = (
        ProductImage.objects.shown()
        .filter(product__in=products)
        .order_by("product_id", "position", "pk")
        .distinct("product_id")
        .values("product_id", *COLUMNS)
    )
    return {row["product_id"]: row for row in rows}


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
