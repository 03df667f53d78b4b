"""Amounts are Decimals in major units beside an ISO 4217 code. Only this module rounds."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from moneyed import CurrencyDoesNotExist, get_currency


def is_currency(code: str) -> bool:
    """Tell whether this is a currency of ISO 4217."""
    try:
        get_currency(code)
    except CurrencyDoesNotExist:
        return False
    return True


def exponent(currency: str) -> Decimal:
    """Return the smallest amount of a currency: 1 for JPY, 0.01 for USD, 0.001 for KWD.

    Source: ISO 4217 by way of py-moneyed. Raises CurrencyDoesNotExist.
    """
    return Decimal(1) / get_currency(currency).sub_unit


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return the amount rounded half-up to the currency's own exponent, never minus zero."""
    return amount.quantize(_quantum(currency), rounding=ROUND_HALF_UP) + Decimal(0)


def is_exact(amount: Decimal, currency: str) -> bool:
    """Tell whether the amount can be paid in this currency without rounding."""
    return amount == rounded(amount, currency)


def formatted(amount: Decimal, currency: str) -> str:
    """Return the decimal string that the API shows: "19.99", "1200", "3.500"."""
    return format(rounded(amount, currency), "f")


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Divide an amount over parts in proportion to their weights; the parts sum to it exactly.

    What rounding leaves over goes, one smallest unit each, to the parts that lost the most.
    """
    total_weight = sum(weights, Decimal(0))
    if not total_weight:
        raise ValueError("Nothing to divide the amount over.")
    quantum = _quantum(currency)
    exact = [amount * weight / total_weight for weight in weights]
    parts = [part.quantize(quantum, rounding=ROUND_DOWN) for part in exact]
    left_over = int((amount - sum(parts, Decimal(0))) / quantum)
    by_loss = sorted(range(len(parts)), key=lambda i: abs(exact[i] - parts[i]), reverse=True)
    for position in by_loss[: abs(left_over)]:
        parts[position] += quantum.copy_sign(Decimal(left_over))
    return parts


def _quantum(currency: str) -> Decimal:
    # 1 / 100 is Decimal("0.01") with the right number of places; 1 / 1 is Decimal("1").
    return exponent(currency)
