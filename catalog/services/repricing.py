"""Changing many prices by percent: looked at first, and done only to what was looked at."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import QuerySet

from catalog.models import Brand, Category, Price
from catalog.services.prices import HIGHEST_AMOUNT, PriceInvalid
from ecommerce_backend.common import audit, money
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work

MOST = 10_000  # prices of one change: what a statement does within its time
LOWEST_PERCENT, HIGHEST_PERCENT = Decimal(-90), Decimal(500)
_WRITE = """
UPDATE catalog_price AS price
SET amount = changed.amount, compare_at = changed.compare_at, updated_at = now()
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS changed(id, amount, compare_at)
WHERE price.id = changed.id
"""


class TooManyPrices(DomainError):
    code = "too_many_prices"
    message = f"At most {MOST:,} prices are changed at once."
    http_status = 400
    advice = "Choose less: a category, a brand, a currency."


class PreviewOutdated(DomainError):
    code = "preview_outdated"
    message = "Prices have changed since the preview, or the preview was of another change."
    advice = "Ask for a new preview, show it, and send its `preview`."


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which base prices: those that meet all that is named; without a name those of the shop."""

    category: Category | None = None  # with the categories below it
    brand: Brand | None = None
    skus: Collection[str] | None = None
    product_ids: Collection[int] | None = None
    currency: str | None = None

    def prices(self) -> QuerySet[Price]:
        rows = Price.objects.select_related("variant").order_by("pk")
        if self.category is not None:
            rows = rows.filter(variant__product__category__path__startswith=self.category.path)
        if self.brand is not None:
            rows = rows.filter(variant__product__brand=self.brand)
        if self.skus is not None:
            rows = rows.filter(variant__sku__in=self.skus)
        if self.product_ids is not None:
            rows = rows.filter(variant__product__in=self.product_ids)
        if self.currency is not None:
            rows = rows.filter(currency=self.currency)
        return rows


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What becomes of a price: `percent` more, or less, rounded half-up to a payable amount.

    With an `ending`, such as 0.99, it is the nearest amount that ends so; where a currency has no
    such coins, as the yen, and where nothing is asked, the ending is passed over. With
    `keeps_former`, what is lowered shows its old price as compare_at, or a higher one it has.
    """

    percent: Decimal
    ending: Decimal | None = None
    keeps_former: bool = False

    def amount(self, before: Decimal, currency: str) -> Decimal:
        """Return what a price becomes. What costs something never comes to cost nothing."""
        exact = before * (100 + self.percent) / 100
        if not exact:
            return exact
        if self.ending is None or not money.is_exact(self.ending, currency):
            return money.rounded(exact, currency) or money.exponent(currency)
        whole = (exact - self.ending).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return money.rounded(max(whole, Decimal(0)) + self.ending, currency) or Decimal(1)

    def former(self, price: Price, amount: Decimal) -> Decimal | None:
        """Return the compare_at that goes with an amount; one that is not higher goes."""
        former: Decimal | None = price.compare_at
        if self.keeps_former and amount < price.amount:
            former = max(price.amount, former or price.amount)
        return former if former is not None and former > amount else None


class Change(NamedTuple):
    """One price before and after, in major units before tax."""

    price_id: int
    sku: str
    currency: str
    before: Decimal
    after: Decimal
    compare_at: Decimal | None


class Total(NamedTuple):
    currency: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a rule makes of the prices as they are. `token` stands for both."""

    token: str
    changes: Sequence[Change]

    def totals(self) -> list[Total]:
        """Return what one unit of each would cost together, by currency."""
        sums: dict[str, Total] = {}
        for change in self.changes:
            _, before, after = sums.get(change.currency, Total("", Decimal(0), Decimal(0)))
            sums[change.currency] = Total(
                change.currency, before + change.before, after + change.after
            )
        return [sums[currency] for currency in sorted(sums)]


def preview(*, selection: Selection, rule: Rule) -> Preview:
    """Return what a change would do; it does nothing. One query.

    Raises TooManyPrices and PriceInvalid.
    """
    return _preview(selection.prices(), rule)


@unit_of_work
def change_prices(*, selection: Selection, rule: Rule, token: str) -> Preview:
    """Do what the preview of this token showed, all of it or nothing.

    The prices are locked first and looked at again, so that no change is done twice to what was
    looked at once. It is one record of the audit trail; the history of prices has each.
    Raises PreviewOutdated, TooManyPrices and PriceInvalid.
    """
    found = _preview(selection.prices().select_for_update(no_key=True, of=("self",)), rule)
    _require_seen(found, token)
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                [change.price_id for change in found.changes],
                [change.after for change in found.changes],
                [change.compare_at for change in found.changes],
            ],
        )
    audit.record(
        Action.PRICES_CHANGED,
        subject=f"prices:{token[:16]}",
        details=_details(selection, rule, found),
    )
    return found


def _preview(prices: QuerySet[Price], rule: Rule) -> Preview:
    rows = list(prices[: MOST + 1])
    if len(rows) > MOST:
        raise TooManyPrices
    seen = [[price.pk, str(price.amount), str(price.compare_at)] for price in rows]
    asked = [str(rule.percent.normalize()), str(rule.ending), rule.keeps_former]
    token = hashlib.sha256(orjson.dumps([asked, seen])).hexdigest()
    changes = sorted(_changes(rows, rule), key=lambda change: (change.sku, change.currency))
    return Preview(token=token, changes=changes)


def _changes(prices: Sequence[Price], rule: Rule) -> Iterator[Change]:
    for price in prices:
        amount = rule.amount(price.amount, price.currency)
        if amount > HIGHEST_AMOUNT:
            raise PriceInvalid(f"{price.variant.sku} would cost {amount} {price.currency}.")
        former = rule.former(price, amount)
        if (amount, former) != (price.amount, price.compare_at):
            yield Change(price.pk, price.variant.sku, price.currency, price.amount, amount, former)


def _require_seen(found: Preview, token: str) -> None:
    if found.token != token:
        raise PreviewOutdated


def _details(selection: Selection, rule: Rule, found: Preview) -> dict[str, Any]:
    return {
        "percent": str(rule.percent),
        "ending": "" if rule.ending is None else str(rule.ending),
        "keeps_former": rule.keeps_former,
        "category": selection.category.slug if selection.category else "",
        "brand": selection.brand.slug if selection.brand else "",
        "currency": selection.currency or "",
        "changed": len(found.changes),
    }
