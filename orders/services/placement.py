"""From a cart to an order, all of it or nothing."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from cart.models import Cart
from cart.services import lines as cart_lines
from catalog.services import stock
from ecommerce_backend.common import events, money
from ecommerce_backend.common.errors import DomainError, Fault
from ecommerce_backend.common.transactions import unit_of_work
from orders import tokens
from orders.models import Order, OrderLine
from orders.quotes import Quote
from orders.services.holds import hold_back
from orders.services.quoting import CartEmpty, quote_cart
from users.models import User
from users.services.accounts import lock_account


class QuoteChanged(DomainError):
    code = "quote_changed"
    message = "Something changed since the quote was made; `errors` says what. Ask for a new one."
    advice = "Ask for a new quote, show the customer the difference and let them decide."


@unit_of_work
def place_order(
    *,
    cart_id: int,
    customer: User | None,
    email: str,
    shipping_address: Mapping[str, Any],
    billing_address: Mapping[str, Any],
    shipping_method: str,
    quote: str,
) -> Order:
    """Turn a cart into an order on exactly the terms of `quote`, the token the customer was given.

    Raises CartEmpty, TooManyUnpaidOrders, ItemsUnavailable, ShippingUnavailable, QuoteInvalid,
    QuoteExpired, QuoteChanged, InsufficientStock and AccountClosed.
    """
    if customer is not None:
        lock_account(customer)
    cart = _lock_cart(cart_id)
    hold_back(customer=customer, email=email)
    quotation = quote_cart(
        cart=cart, shipping_address=shipping_address, shipping_method=shipping_method
    )
    _hold_to(quotation.quote, token=quote)
    order = _create_order(
        quotation.quote,
        customer=customer,
        email=email,
        shipping_address=dict(shipping_address),
        billing_address=dict(billing_address),
    )
    _allocate(quotation.quote, reference=order.number)
    cart_lines.empty(cart=cart)
    events.record("order.placed", subject=f"order:{order.number}", payload=_summary(order))
    if not order.total:
        _confirm_free(order)
    return order


def _lock_cart(cart_id: int) -> Cart:
    try:
        return Cart.objects.lock(cart_id)
    except Cart.DoesNotExist:  # it was merged into another between the request and the lock
        raise CartEmpty from None


def _hold_to(quote: Quote, *, token: str) -> None:
    quoted = tokens.read_quote(token, cart_id=quote.cart_id)
    faults = list(_differences(quoted, dict(quote.figures())))
    if faults:
        raise QuoteChanged(faults=faults)


def _differences(quoted: Mapping[str, str], current: Mapping[str, str]) -> Iterator[Fault]:
    for pointer in [*current, *(gone for gone in quoted if gone not in current)]:
        was, now = quoted.get(pointer, ""), current.get(pointer, "")
        if was != now:
            yield {
                "pointer": pointer,
                "code": "changed",
                "detail": f"It was {was or 'not there'} and is {now or 'gone'}.",
                "quoted": was,
                "current": now,
            }


def _create_order(
    quote: Quote,
    *,
    customer: User | None,
    email: str,
    shipping_address: dict[str, Any],
    billing_address: dict[str, Any],
) -> Order:
    order = Order.objects.create(
        customer=customer,
        email=email,
        currency=quote.currency,
        subtotal=quote.subtotal,
        discount_total=quote.discount_total,
        shipping_total=quote.shipping_total,
        tax_total=quote.tax_total,
        total=quote.total,
        shipping_method_code=quote.shipping.code,
        shipping_method_name=quote.shipping.name,
        shipping_address=shipping_address,
        billing_address=billing_address,
        taxes=_taxes(quote),
        payment_due_at=timezone.now() + timedelta(seconds=settings.PAYMENT_WINDOW_SECONDS),
    )
    OrderLine.objects.bulk_create(_lines(order, quote))
    order.note("placed", actor=customer)
    return order


def _lines(order: Order, quote: Quote) -> Iterator[OrderLine]:
    for position, line in enumerate(quote.lines):
        yield OrderLine(
            order=order,
            variant_id=line.item.variant_id,
            position=position,
            sku=line.sku,
            name=line.name,
            options=line.options,
            unit_price=line.unit_price,
            quantity=line.quantity,
            total=line.total,
            tax_total=line.tax_total,
        )


def _taxes(quote: Quote) -> list[dict[str, str]]:
    return [
        {
            "name": tax.name,
            "rate": f"{tax.rate.normalize():f}",
            "amount": money.formatted(tax.amount, quote.currency),
            "shipping_amount": money.formatted(tax.shipping_amount, quote.currency),
        }
        for tax in quote.taxes
    ]


def _allocate(quote: Quote, *, reference: str) -> None:
    quantities = {line.item.variant_id: line.quantity for line in quote.lines}
    try:
        stock.allocate(quantities, reference=reference)
    except stock.InsufficientStock as shortage:
        shortage.faults = list(_shortages(quote, shortage.shortages))
        raise


def _shortages(quote: Quote, available: Mapping[str, int]) -> Iterator[Fault]:
    for position, line in enumerate(quote.lines):
        if line.sku in available:
            yield {
                "pointer": f"/lines/{position}/quantity",
                "code": "insufficient_stock",
                "detail": f"{available[line.sku]} of {line.sku} can be had.",
                "available": available[line.sku],
            }


def _confirm_free(order: Order) -> None:
    order.payment_status = Order.PaymentStatus.PAID
    order.payment_due_at = None
    order.save(update_fields=["payment_status", "payment_due_at", "updated_at"])
    order.note("paid", actor=None, details={"reason": "There is nothing to pay."})
    order.transition_to(Order.Status.CONFIRMED, actor=None)
    events.record("order.paid", subject=f"order:{order.number}", payload=_summary(order))
    events.record("order.confirmed", subject=f"order:{order.number}", payload=_summary(order))


def _summary(order: Order) -> dict[str, str]:
    return {
        "number": order.number,
        "currency": order.currency,
        "total": money.formatted(order.total, order.currency),
    }
