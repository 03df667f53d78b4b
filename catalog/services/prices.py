"""What variants cost, and what may be asked for one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from catalog.models import Price, ProductVariant
from ecommerce_backend.common import audit, money
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work

HIGHEST_AMOUNT = Decimal("999999999.999")


class PriceInvalid(DomainError):
    code = "price_invalid"
    message = "That price cannot be asked for."
    http_status = 400


class NewPrice(NamedTuple):
    """What a variant is to cost in a currency, in major units before tax."""

    currency: str
    amount: Decimal
    compare_at: Decimal | None = None


@unit_of_work
def set_price(
    *, variant: ProductVariant, currency: str, amount: Decimal, compare_at: Decimal | None = None
) -> Price:
    """Say what a variant costs in a currency, in major units before tax.

    Raises PriceInvalid.
    """
    check_price(currency=currency, amount=amount, compare_at=compare_at)
    values: dict[str, Decimal | None] = {"amount": amount, "compare_at": compare_at}
    price, _ = Price.objects.update_or_create(variant=variant, currency=currency, defaults=values)
    return price


def add_prices(
    *, variant: ProductVariant, amounts: Mapping[str, Decimal], compare_at: Mapping[str, Decimal]
) -> None:
    """Say what a new variant costs, by currency.

    Raises PriceInvalid.
    """
    for currency, amount in amounts.items():
        check_price(currency=currency, amount=amount, compare_at=compare_at.get(currency))
    prices = [Price(variant=variant, currency=each, amount=amounts[each]) for each in amounts]
    for price in prices:
        price.compare_at = compare_at.get(price.currency)  # type: ignore[assignment]
    Price.objects.bulk_create(prices)


@unit_of_work
def replace_prices(*, variant: ProductVariant, prices: Sequence[NewPrice]) -> bool:
    """Let a variant cost this and nothing else; tell whether anything changed.

    Each change is one record of the audit trail. Raises PriceInvalid.
    """
    for price in prices:
        check_price(currency=price.currency, amount=price.amount, compare_at=price.compare_at)
    stored = {price.currency: price for price in variant.prices.all()}
    wanted = {price.currency: price for price in prices}
    gone = stored.keys() - wanted.keys()
    changed = [
        price
        for price in prices
        if price.currency not in stored
        or (stored[price.currency].amount, stored[price.currency].compare_at) != price[1:]
    ]
    variant.prices.filter(currency__in=gone).delete()
    Price.objects.bulk_create(
        [Price(variant=variant, **price._asdict()) for price in changed],
        update_conflicts=True,
        unique_fields=["variant", "currency"],
        update_fields=["amount", "compare_at", "updated_at"],
    )
    for currency in sorted(gone | {price.currency for price in changed}):
        _note(variant, currency, stored.get(currency), wanted.get(currency))
    return bool(gone or changed)


def _note(
    variant: ProductVariant, currency: str, before: Price | None, after: NewPrice | None
) -> None:
    audit.record(
        Action.PRICE_CHANGED,
        subject=f"sku:{variant.sku}"[:128],
        details={
            "currency": currency,
            "before": str(before.amount) if before else "",
            "after": str(after.amount) if after else "",
        },
    )


def check_price(*, currency: str, amount: Decimal, compare_at: Decimal | None) -> None:
    """Refuse what could not be paid exactly, or would not be a reduction.

    Raises PriceInvalid.
    """
    if not money.is_currency(currency):
        raise PriceInvalid(f"{currency} is not a currency code of ISO 4217.")
    for value in (amount, compare_at):
        if value is not None and not is_payable(value, currency):
            raise PriceInvalid(f"{value} cannot be paid in {currency}.")
    if compare_at is not None and compare_at <= amount:
        raise PriceInvalid("The former price must be higher than the price.")


def is_payable(amount: Decimal, currency: str) -> bool:
    """Tell whether a price is one that a column holds and a customer can pay exactly."""
    if not (amount.is_finite() and 0 <= amount <= HIGHEST_AMOUNT):
        return False
    return money.is_exact(amount, currency)
