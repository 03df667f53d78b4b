"""What variants cost, and what may be asked for one."""

from collections.abc import Mapping
from decimal import Decimal

from catalog.models import Price, ProductVariant
from ecommerce_backend.common import money
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work

HIGHEST_AMOUNT = Decimal("999999999.999")


class PriceInvalid(DomainError):
    code = "price_invalid"
    message = "That price cannot be asked for."
    http_status = 400


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


def check_price(*, currency: str, amount: Decimal, compare_at: Decimal | None) -> None:
    """Refuse what could not be paid exactly, or would not be a reduction.

    Raises PriceInvalid.
    """
    if not money.is_currency(currency):
        raise PriceInvalid(f"{currency} is not a currency code of ISO 4217.")
    for value in (amount, compare_at):
        if value is not None and not _is_payable(value, currency):
            raise PriceInvalid(f"{value} cannot be paid in {currency}.")
    if compare_at is not None and compare_at <= amount:
        raise PriceInvalid("The former price must be higher than the price.")


def _is_payable(amount: Decimal, currency: str) -> bool:
    if not (amount.is_finite() and 0 <= amount <= HIGHEST_AMOUNT):
        return False
    return money.is_exact(amount, currency)
