"""Prices as shops write them: exact in cents, and just below a round figure."""

from collections.abc import Mapping
from decimal import Decimal

# What one dollar is in the demo shop. A real one sets each price by itself.
_RATES = {"USD": Decimal("1"), "EUR": Decimal("0.92"), "GBP": Decimal("0.79")}
_ENDINGS = [Decimal("0.95"), Decimal("0.90"), Decimal("0.50"), Decimal("0.00")]
_WHOLE_FROM = 60  # dearer things cost whole units
_WHOLE_ENDINGS = "2222555999"  # by the last digit of what they would cost
_FORMERLY = Decimal("1.28")


def price(dollars: Decimal, *, currency: str, style: int) -> Decimal:
    """Return about this many dollars in a currency; one `style` gives one kind of ending."""
    amount = dollars * _RATES[currency]
    if amount >= _WHOLE_FROM:
        tens, rest = divmod(int(amount), 10)
        return Decimal(f"{tens}{_WHOLE_ENDINGS[rest]}.00")
    return Decimal(int(amount)) + _ENDINGS[style % len(_ENDINGS)]


def former_prices(prices: Mapping[str, Decimal], *, style: int) -> dict[str, Decimal]:
    """Return what the same thing used to cost, a good quarter more."""
    return {
        currency: price(amount * _FORMERLY / _RATES[currency], currency=currency, style=style)
        for currency, amount in prices.items()
    }
