"""How the amounts of a quote came about, for people who want to check them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ecommerce_backend.common import money
from orders.quotes import Quote


@dataclass(frozen=True, kw_only=True)
class Step:
    """One sentence of how a quote came about, with the amount it led to."""

    step: str
    detail: str
    amount: Decimal
    currency: str


def explain(quote: Quote) -> list[Step]:
    """Return in order how each amount of a quote was reached and where it was rounded."""
    return list(_steps(quote))


def _steps(quote: Quote) -> Iterator[Step]:
    currency = quote.currency
    for line in quote.lines:
        detail = f"{line.sku}: {line.quantity} × {money.formatted(line.unit_price, currency)}"
        yield Step(step="line", detail=detail, amount=line.total, currency=currency)
    yield Step(step="subtotal", detail="All lines.", amount=quote.subtotal, currency=currency)
    detail = f"{quote.shipping.name} to {quote.country}"
    yield Step(step="shipping", detail=detail, amount=quote.shipping_total, currency=currency)
    for tax in quote.taxes:
        rate = f"{tax.name} {tax.rate.normalize():f} %"
        for line in quote.lines:
            detail = f"{rate} of {line.sku}, rounded half-up to {_unit(currency)}"
            yield Step(step="line_tax", detail=detail, amount=line.tax_total, currency=currency)
        detail = f"{rate} of shipping, rounded half-up to {_unit(currency)}"
        yield Step(
            step="shipping_tax", detail=detail, amount=tax.shipping_amount, currency=currency
        )
    yield Step(step="tax", detail="All taxes.", amount=quote.tax_total, currency=currency)
    yield Step(
        step="total", detail="Subtotal, shipping and tax.", amount=quote.total, currency=currency
    )


def _unit(currency: str) -> str:
    return f"{money.exponent(currency):f} {currency}"
