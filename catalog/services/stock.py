"""The only code that writes Stock. Quantities are units by variant id.

Each function locks the rows in key order and writes the ledger beside them.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.db import transaction

from catalog.models import ProductVariant, Stock, StockMovement
from ecommerce_backend.common import audit, events
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from users.models import User

Kind = StockMovement.Kind


class InsufficientStock(DomainError):
    """`shortages` says how many units of each SKU could be had."""

    code = "insufficient_stock"
    message = "Some items are not available in the quantity you asked for."
    advice = "Show what is left and let the customer choose less."
    extension: ClassVar = {
        "available": {
            "type": "object",
            "description": "Units that can be had, by SKU.",
            "additionalProperties": {
                "type": "integer",
                "minimum": 0,
                "maximum": 2**31 - 1,
            },
            "examples": [{"MUG-HARBOUR-OAT": 1}],
        }
    }

    def __init__(self, shortages: Mapping[str, int]) -> None:
        super().__init__(available=dict(shortages))
        self.shortages = shortages


class StockWouldTurnNegative(DomainError):
    code = "stock_would_turn_negative"
    message = "There is not that much on hand that is not promised to an order."
    advice = "Read the stock again; `available` is what can be taken off."
    extension: ClassVar = {
        "available": {
            "type": "integer",
            "minimum": 0,
            "maximum": 2**31 - 1,
            "examples": [9],
        }
    }


@transaction.atomic
def allocate(quantities: Mapping[int, int], *, reference: str) -> None:
    """Promise units to an order, all of them or none.

    Raises InsufficientStock, which names every SKU that falls short.
    """
    stocks = Stock.objects.lock(quantities.keys())
    shortages = {
        stock.variant.sku: stock.available
        for stock in stocks
        if stock.available < quantities[stock.pk]
    }
    if shortages:
        raise InsufficientStock(shortages)
    _write(stocks, Kind.ALLOCATION, allocated=quantities, reference=reference)


@transaction.atomic
def release(quantities: Mapping[int, int], *, reference: str) -> None:
    """Take back units promised to an order that will not ship."""
    stocks = Stock.objects.lock(quantities.keys())
    _write(stocks, Kind.RELEASE, allocated=_negative(quantities), reference=reference)


@transaction.atomic
def ship(quantities: Mapping[int, int], *, reference: str) -> None:
    """Let units that were promised leave the building."""
    stocks = Stock.objects.lock(quantities.keys())
    _write(
        stocks,
        Kind.SHIPMENT,
        on_hand=_negative(quantities),
        allocated=_negative(quantities),
        reference=reference,
    )


@transaction.atomic
def receive(quantities: Mapping[int, int], *, reference: str, actor: User | None = None) -> None:
    """Put units on the shelf: a delivery, an opening balance, a return."""
    stocks = Stock.objects.lock(quantities.keys())
    _write(stocks, Kind.RECEIPT, on_hand=quantities, reference=reference, actor=actor)


@transaction.atomic
def adjust(*, variant: ProductVariant, change: int, reason: str, actor: User) -> Stock:
    """Correct what is on hand after a count, a loss or a find; `change` is in units, not zero.

    Raises StockWouldTurnNegative when promised units would be missing.
    """
    (stock,) = Stock.objects.lock([variant.pk])
    if stock.available + change < 0:
        raise StockWouldTurnNegative(available=stock.available)
    _write([stock], Kind.ADJUSTMENT, on_hand={stock.pk: change}, reason=reason, actor=actor)
    audit.announce(
        Action.STOCK_ADJUSTED,
        subject=f"sku:{stock.variant.sku}",
        actor_id=actor.pk,
        details={"change": change},
    )
    return stock


def _write(
    stocks: Sequence[Stock],
    kind: StockMovement.Kind,
    *,
    on_hand: Mapping[int, int] | None = None,
    allocated: Mapping[int, int] | None = None,
    reference: str = "",
    reason: str = "",
    actor: User | None = None,
) -> None:
    on_hand, allocated = on_hand or {}, allocated or {}
    for stock in stocks:
        stock.on_hand += on_hand.get(stock.pk, 0)
        stock.allocated += allocated.get(stock.pk, 0)
    # The rows are there and locked. For five hundred, bulk_update took 460 ms and this 20.
    Stock.objects.bulk_create(
        stocks,
        update_conflicts=True,
        unique_fields=["variant"],
        update_fields=["on_hand", "allocated"],
    )
    StockMovement.objects.bulk_create(
        StockMovement(
            stock=stock,
            kind=kind,
            on_hand_change=on_hand.get(stock.pk, 0),
            allocated_change=allocated.get(stock.pk, 0),
            reference=reference,
            reason=reason,
            actor=actor,
        )
        for stock in stocks
    )
    events.record(
        "stock.changed",
        subject=f"stock:{kind}",
        payload={
            "reference": reference,
            "stock": {stock.variant.sku: stock.available for stock in stocks},
        },
    )


def _negative(quantities: Mapping[int, int]) -> dict[int, int]:
    return {variant_id: -units for variant_id, units in quantities.items()}
