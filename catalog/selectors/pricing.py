"""What variants cost somebody at a moment. Nothing else decides what is shown or charged.

The unit price is the lowest of the base price and the prices of all lists that hold then, for this
customer and this quantity. Which lists hold is the database's `catalog_list_prices`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connections, router
from django.utils import timezone

from catalog.models import Price, ProductVariant

# One row for each price, with the prices of lists beside it. Takes `customer` and `at`.
PRICED = """
SELECT price.variant_id, price.currency, price.amount, price.compare_at, (
    SELECT jsonb_agg(jsonb_build_array(listed.min_quantity, listed.amount::text, listed.is_public))
    FROM catalog_list_prices(%(customer)s, %(at)s) AS listed
    WHERE listed.variant_id = price.variant_id AND listed.currency = price.currency
) AS listed
FROM catalog_price AS price
"""
# The lowest of all lists for one unit, for queries that look at every price of the shop.
CHEAPEST_LISTED = """
SELECT variant_id, currency, min(amount) AS amount
FROM catalog_list_prices(%(customer)s, %(at)s)
WHERE min_quantity = 1
GROUP BY variant_id, currency
"""
_OF_VARIANTS = f"""
SELECT variant_id, currency, amount, compare_at, listed FROM ({PRICED}) AS priced
WHERE variant_id = ANY (%(variants)s) AND currency = coalesce(%(currency)s, currency)
"""  # noqa: S608


class Tier(NamedTuple):
    """What each unit costs from a quantity on, in major units before tax."""

    min_quantity: int
    amount: Decimal


class ListPrice(NamedTuple):
    min_quantity: int
    amount: Decimal
    is_public: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """What one variant costs in one currency, by quantity; amounts in major units before tax."""

    base: Decimal
    former: Decimal | None  # the base price's own compare_at
    listed: tuple[ListPrice, ...] = ()

    @classmethod
    def of(cls, base: Decimal, former: Decimal | None, listed: str | None) -> "Prices":
        """Make it of a row of PRICED."""
        if listed is None:
            return cls(base, former)
        rows = (ListPrice(units, Decimal(text), own) for units, text, own in json.loads(listed))
        return cls(base, former, tuple(rows))

    def unit_price(self, quantity: int = 1) -> Decimal:
        holding = [price.amount for price in self.listed if price.min_quantity <= quantity]
        return min(self.base, *holding) if holding else self.base

    @property
    def is_on_public_sale(self) -> bool:
        """Tell whether a list lowers it for everybody, from the first unit on."""
        return any(
            price.is_public and price.min_quantity == 1 and price.amount < self.base
            for price in self.listed
        )

    @property
    def compare_at(self) -> Decimal | None:
        """Return the higher price to show beside it. What only a group is given reduces nothing."""
        return self.former or (self.base if self.is_on_public_sale else None)

    @property
    def tiers(self) -> list[Tier]:
        """Return the quantities above one from which on a unit is cheaper than below."""
        found: list[Tier] = []
        last = self.unit_price()
        for quantity in sorted({price.min_quantity for price in self.listed}):
            amount = self.unit_price(quantity)
            if amount < last:
                found.append(Tier(quantity, amount))
                last = amount
        return found


def prices_of(
    variant_ids: Collection[int],
    *,
    currency: str | None = None,
    customer_id: int | None = None,
    at: datetime | None = None,
) -> dict[tuple[int, str], Prices]:
    """Return what variants cost a customer, by variant and currency, in one query.

    Without a customer it is what everybody pays; without a currency all there are; without a
    moment it is now.
    """
    if not variant_ids:
        return {}
    values = {"variants": list(variant_ids), "currency": currency}
    with connections[router.db_for_read(Price)].cursor() as cursor:
        cursor.execute(_OF_VARIANTS, {**values, **moment(customer_id, at)})
        return {(variant, code): Prices.of(*row) for variant, code, *row in cursor.fetchall()}


def unit_price(
    *, variant: ProductVariant, currency: str, quantity: int, customer_id: int | None
) -> Decimal | None:
    """Return what each of so many units costs a customer now, None without a price in it."""
    found = prices_of([variant.pk], currency=currency, customer_id=customer_id)
    prices = found.get((variant.pk, currency))
    return None if prices is None else prices.unit_price(quantity)


def has_list_prices(*, customer_id: int | None, at: datetime) -> bool:
    """Tell whether any list holds for a customer at a moment; one query."""
    with connections[router.db_for_read(Price)].cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM catalog_list_prices(%(customer)s, %(at)s))",
            moment(customer_id, at),
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def moment(customer_id: int | None, at: datetime | None = None) -> Mapping[str, Any]:
    """Return the parameters that PRICED and CHEAPEST_LISTED take."""
    return {"customer": customer_id, "at": at or timezone.now()}
