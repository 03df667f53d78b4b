"""Putting things into a cart and taking them out, always under the cart's row lock."""

from collections.abc import Collection
from decimal import Decimal

from django.conf import settings

from cart.models import MAX_LINES, MAX_QUANTITY, Cart, CartLine
from cart.services import carts
from cart.services.carts import OpenCart
from catalog.selectors import usual_currency, variant_for_sale
from catalog.selectors.pricing import unit_price
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work
from users.models import User


class CurrencyMismatch(DomainError):
    code = "currency_mismatch"
    message = "This item has no price in the currency of the cart."
    advice = "Empty the cart first, or choose an item with a price in its currency."


class CartFull(DomainError):
    code = "cart_full"
    message = f"A cart holds at most {MAX_LINES} different items."
    advice = "Take something out first, or order what is there."


class QuantityTooLarge(DomainError):
    code = "quantity_too_large"
    message = f"A cart holds at most {MAX_QUANTITY} units of an item."
    advice = "Lower the quantity; `errors` says how many are in the cart."


class LineNotFound(DomainError):
    code = "line_not_found"
    message = "There is no such item in the cart."
    http_status = 404
    advice = "Read the cart again; add the item if it is still wanted."


@unit_of_work
def add_line(
    *,
    user: User | None,
    token: str | None,
    sku: str,
    quantity: int,
    currency: str | None = None,
    expected_versions: Collection[int] | None = None,
) -> OpenCart:
    """Put units of a SKU into the caller's cart, on top of those already there.

    An empty cart takes `currency`, else the one the item usually sells in; a cart with something
    in it keeps its own. More than there is in stock may be added: the cart promises nothing.
    Raises VariantNotFound, PreconditionFailed, CurrencyMismatch, CartFull and QuantityTooLarge.
    """
    variant = variant_for_sale(sku)
    opened = carts.obtain(user=user, token=token, expected_versions=expected_versions)
    cart = opened.cart
    lines = {line.variant_id: line for line in cart.lines.all()}
    if not lines:
        cart.currency = currency or usual_currency(variant) or settings.STORE_CURRENCY
    line = lines.get(variant.pk)
    if line is None:
        if len(lines) >= MAX_LINES:
            raise CartFull
        line = CartLine(cart=cart, variant=variant, quantity=0)
    line.quantity = _sum(line.quantity, quantity)
    price = _present_price(line)
    if price is None:
        raise CurrencyMismatch(f"{variant.sku} has no price in {cart.currency}.")
    line.seen_price = price
    line.save()
    carts.save_changed(cart)
    return opened


@unit_of_work
def set_line(
    *,
    user: User | None,
    token: str | None,
    sku: str,
    quantity: int,
    expected_versions: Collection[int] | None = None,
) -> Cart:
    """Make a line that is in the caller's cart this many units, whatever it was before.

    Raises PreconditionFailed and LineNotFound.
    """
    line = _line(user=user, token=token, sku=sku, expected_versions=expected_versions)
    line.quantity = quantity
    price = _present_price(line)
    if price is not None:  # the customer has seen today's price now
        line.seen_price = price
    line.save(update_fields=["quantity", "seen_price", "updated_at"])
    carts.save_changed(line.cart)
    return line.cart


@unit_of_work
def remove_line(
    *,
    user: User | None,
    token: str | None,
    sku: str,
    expected_versions: Collection[int] | None = None,
) -> Cart:
    """Take a line out of the caller's cart.

    Raises PreconditionFailed and LineNotFound.
    """
    line = _line(user=user, token=token, sku=sku, expected_versions=expected_versions)
    line.delete()
    carts.save_changed(line.cart)
    return line.cart


@unit_of_work
def clear(
    *, user: User | None, token: str | None, expected_versions: Collection[int] | None = None
) -> Cart | None:
    """Take everything out of the caller's cart, if there is one.

    Raises PreconditionFailed.
    """
    cart = carts.lock_current(user=user, token=token, expected_versions=expected_versions)
    if cart is not None:
        empty(cart=cart)
    return cart


def empty(*, cart: Cart) -> None:
    """Take everything out of a cart. Call with its row locked."""
    cart.lines.all().delete()
    carts.save_changed(cart)


def _line(
    *, user: User | None, token: str | None, sku: str, expected_versions: Collection[int] | None
) -> CartLine:
    cart = carts.lock_current(user=user, token=token, expected_versions=expected_versions)
    if cart is None:
        raise LineNotFound
    line = cart.lines.select_related("variant").filter(variant__sku=sku).first()
    if line is None:
        raise LineNotFound
    line.cart = cart
    return line


def _present_price(line: CartLine) -> Decimal | None:
    cart = line.cart
    return unit_price(
        variant=line.variant,
        currency=cart.currency,
        quantity=line.quantity,
        customer_id=cart.customer_id,
    )


def _sum(present: int, more: int) -> int:
    if present + more > MAX_QUANTITY:
        raise QuantityTooLarge(
            faults=[
                {
                    "pointer": "/quantity",
                    "code": QuantityTooLarge.code,
                    "detail": f"There are {present} in the cart already.",
                }
            ]
        )
    return present + more
