"""Joining what a guest had put into a cart to the customer's own.

Whatever fits moves over and the guest's cart goes. What does not fit – no price in the customer's
currency, beyond 999 units or 100 lines – stays in the guest's cart under its token and is
reported, so that signing in never loses anything without a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import structlog
from django.db import DatabaseError

from cart.models import MAX_LINES, MAX_QUANTITY, Cart, CartLine
from cart.selectors import find_cart
from cart.services import carts
from cart.services.lines import CartFull, CurrencyMismatch, QuantityTooLarge
from catalog.selectors.pricing import prices_of
from ecommerce_backend.common.rate_limits import RateLimited
from ecommerce_backend.common.transactions import unit_of_work
from users.models import User

_log = structlog.get_logger("cart")


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Units that stayed in the guest's cart, and the code of the reason."""

    sku: str
    quantity: int
    code: str


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The customer's cart afterwards, None if there still is none, and what stayed behind."""

    cart: Cart | None
    left_out: list[LeftOut]


@unit_of_work
def merge(*, cart_token: str, user: User) -> Merged:
    """Move a guest's lines into the customer's cart, adding up units of the same SKU.

    An empty cart takes over the guest's currency; else the lines are priced in the customer's.
    A token that opens no guest's cart changes nothing, so a repeat does no harm.
    """
    guest, own = _lock_both(find_cart(user=None, token=cart_token), user)
    if guest is None or own is None:
        return Merged(cart=own, left_out=[])
    coming = list(guest.lines.select_related("variant").order_by("pk"))
    present = {line.variant_id: line for line in own.lines.all()}
    if not present:
        own.currency = guest.currency
    prices = _prices(coming, guest=guest, own=own)
    left_out = [
        LeftOut(sku=line.variant.sku, quantity=line.quantity, code=reason)
        for line in coming
        if (reason := _move(line, prices.get(line.variant_id), own=own, present=present))
    ]
    CartLine.objects.bulk_update(present.values(), ["cart", "quantity", "seen_price"])
    carts.save_changed(own)
    skus = {left.sku for left in left_out}
    _keep(guest, [line for line in coming if line.variant.sku in skus])
    return Merged(cart=own, left_out=left_out)


def merge_after_sign_in(*, user: User, cart_token: str | None) -> None:
    """Merge the guest's cart that a customer brings along (settings.SIGN_IN_HOOKS).

    Signing in matters more: a token of nothing is ignored, and a database that is too busy for
    this now leaves the guest's cart as it was, for `POST cart/merge/`.
    """
    if not cart_token:
        return
    try:
        merge(cart_token=cart_token, user=user)
    except RateLimited:
        _log.info("cart_not_merged", user_id=user.pk)
    except DatabaseError:
        _log.warning("cart_not_merged", user_id=user.pk, exc_info=True)


def _lock_both(guest: Cart | None, user: User) -> tuple[Cart | None, Cart | None]:
    """Lock the two carts at once; a guest's cart that went meanwhile is None."""
    if guest is None:
        return None, find_cart(user=user, token=None)
    own, _ = Cart.objects.get_or_create(customer=user, defaults={"currency": guest.currency})
    locked = carts.lock_all([guest.pk, own.pk])
    return locked.get(guest.pk), locked.get(own.pk)


def _prices(lines: Sequence[CartLine], *, guest: Cart, own: Cart) -> dict[int, Decimal]:
    """Return what to remember as seen price, by variant, where there is one to be had."""
    if guest.currency == own.currency:
        return {line.variant_id: line.seen_price for line in lines}
    quantities = {line.variant_id: line.quantity for line in lines}
    prices = prices_of(quantities, currency=own.currency, customer_id=own.customer_id)
    return {
        variant: price.unit_price(quantities[variant]) for (variant, _), price in prices.items()
    }


def _move(
    line: CartLine, price: Decimal | None, *, own: Cart, present: dict[int, CartLine]
) -> str | None:
    """Move as many units of a line as fit; return why the others have to stay, if any do."""
    if price is None:
        return CurrencyMismatch.code
    if same := present.get(line.variant_id):
        units = min(line.quantity, MAX_QUANTITY - same.quantity)
        same.quantity += units
        line.quantity -= units
        return QuantityTooLarge.code if line.quantity else None
    if len(present) >= MAX_LINES:
        return CartFull.code
    line.cart, line.seen_price = own, price
    present[line.variant_id] = line
    return None


def _keep(guest: Cart, lines: Sequence[CartLine]) -> None:
    """Leave only these lines to the guest; with none, the cart goes."""
    if not lines:
        guest.delete()
        return
    guest.lines.exclude(pk__in=[line.pk for line in lines]).delete()
    CartLine.objects.bulk_update(lines, ["quantity"])
    carts.save_changed(guest)
