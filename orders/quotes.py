"""What a cart would cost: a pure rule over a snapshot, no queries and no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ecommerce_backend.common import money

ZERO = Decimal("0")


@dataclass(frozen=True, kw_only=True)
class Item:
    """A number of units of one variant and what one of them costs before tax."""

    variant_id: int
    sku: str
    name: str
    options: dict[str, Any]
    unit_price: Decimal
    quantity: int


@dataclass(frozen=True, kw_only=True)
class ShippingOffer:
    """A way to have it sent, and its price before tax."""

    code: str
    name: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class Tax:
    """What the country of delivery takes of goods and shipping, in percent."""

    name: str
    percent: Decimal

    def of(self, amount: Decimal, currency: str) -> Decimal:
        return money.rounded(amount * self.percent / 100, currency)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything a quote depends on, as it was at one moment."""

    cart_id: int
    currency: str
    country: str
    items: tuple[Item, ...]
    shipping: ShippingOffer
    tax: Tax | None


@dataclass(frozen=True, kw_only=True)
class QuotedLine:
    """An item with its amounts; `total` is before tax."""

    item: Item
    currency: str
    unit_price: Decimal
    total: Decimal
    tax_total: Decimal

    @property
    def sku(self) -> str:
        return self.item.sku

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def options(self) -> dict[str, Any]:
        return self.item.options

    @property
    def quantity(self) -> int:
        return self.item.quantity


@dataclass(frozen=True, kw_only=True)
class QuotedTax:
    """What one tax comes to over the whole order, and how much of that is on shipping."""

    name: str
    rate: Decimal
    currency: str
    amount: Decimal
    shipping_amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Every amount the order would have, in `currency`."""

    cart_id: int
    currency: str
    country: str
    shipping: ShippingOffer
    lines: tuple[QuotedLine, ...]
    taxes: tuple[QuotedTax, ...]
    subtotal: Decimal
    shipping_total: Decimal
    tax_total: Decimal
    total: Decimal
    discount_total: Decimal = field(default=ZERO)

    def figures(self) -> Iterator[tuple[str, str]]:
        """Yield all that the customer agrees to, each under the pointer that names it."""
        yield "/currency", self.currency
        yield "/shipping_address/country", self.country
        yield "/shipping_method", self.shipping.code
        for position, line in enumerate(self.lines):
            yield f"/lines/{position}/sku", line.sku
            yield f"/lines/{position}/quantity", str(line.quantity)
            yield f"/lines/{position}/unit_price", self._shown(line.unit_price)
            yield f"/lines/{position}/tax_total", self._shown(line.tax_total)
        for name in ("subtotal", "discount_total", "shipping_total", "tax_total", "total"):
            yield f"/{name}", self._shown(getattr(self, name))

    def _shown(self, amount: Decimal) -> str:
        return money.formatted(amount, self.currency)


def compute_quote(snapshot: Snapshot) -> Quote:
    """Price a snapshot. Tax is rounded once per line and once for shipping, and then only added."""
    currency, tax = snapshot.currency, snapshot.tax
    lines = tuple(_line(item, currency=currency, tax=tax) for item in snapshot.items)
    subtotal = sum((line.total for line in lines), ZERO)
    shipping_total = money.rounded(snapshot.shipping.amount, currency)
    shipping_tax = tax.of(shipping_total, currency) if tax else ZERO
    tax_total = sum((line.tax_total for line in lines), shipping_tax)
    taxes = (
        ()
        if tax is None
        else (
            QuotedTax(
                name=tax.name,
                rate=tax.percent,
                currency=currency,
                amount=tax_total,
                shipping_amount=shipping_tax,
            ),
        )
    )
    return Quote(
        cart_id=snapshot.cart_id,
        currency=currency,
        country=snapshot.country,
        shipping=snapshot.shipping,
        lines=lines,
        taxes=taxes,
        subtotal=subtotal,
        shipping_total=shipping_total,
        tax_total=tax_total,
        total=subtotal + shipping_total + tax_total,
    )


def _line(item: Item, *, currency: str, tax: Tax | None) -> QuotedLine:
    unit_price = money.rounded(item.unit_price, currency)
    total = unit_price * item.quantity
    return QuotedLine(
        item=item,
        currency=currency,
        unit_price=unit_price,
        total=total,
        tax_total=tax.of(total, currency) if tax else ZERO,
    )
