"""Units on the shelves: delivered, corrected, counted, moved. Quantities are units.

Without a warehouse the default one is meant.
"""

from collections.abc import Mapping

from django.db import transaction

from catalog.models import ProductVariant, Stock, Warehouse, WarehouseStock
from catalog.services.stock.errors import InsufficientStock, StockWouldTurnNegative
from catalog.services.stock.holdings import Holding, Kind, lock, write
from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action
from users.models import User


@transaction.atomic
def receive(
    quantities: Mapping[int, int],
    *,
    reference: str,
    actor: User | None = None,
    warehouse: Warehouse | None = None,
) -> None:
    """Put units by variant id on the shelf: a delivery, an opening balance."""
    place = warehouse or Warehouse.objects.default()
    holdings = lock(quantities.keys())
    for holding in holdings:
        holding.move(holding.level(place), on_hand=quantities[holding.stock.pk])
    write(holdings, Kind.RECEIPT, reference=reference, actor=actor)


@transaction.atomic
def adjust(
    *,
    variant: ProductVariant,
    change: int,
    reason: str,
    actor: User,
    warehouse: Warehouse | None = None,
) -> Stock:
    """Correct what is on hand after a loss or a find; `change` is in units, not zero.

    Raises StockWouldTurnNegative when promised units would be missing.
    """
    place = warehouse or Warehouse.objects.default()
    (holding,) = lock([variant.pk])
    _correct(holding, holding.level(place), change, Kind.ADJUSTMENT, reason=reason, actor=actor)
    return holding.stock


@transaction.atomic
def count(
    *,
    variant: ProductVariant,
    counted: int,
    reason: str,
    actor: User,
    warehouse: Warehouse | None = None,
) -> Stock:
    """Take down how many units lie in a warehouse; the difference goes into the ledger.

    Units that are promised and have not left are to be counted too. Raises StockWouldTurnNegative
    when fewer were counted than are promised.
    """
    place = warehouse or Warehouse.objects.default()
    (holding,) = lock([variant.pk])
    level = holding.level(place)
    change = counted - level.on_hand
    if change:
        _correct(holding, level, change, Kind.COUNT, reason=reason, actor=actor)
    return holding.stock


@transaction.atomic
def transfer(
    quantities: Mapping[int, int],
    *,
    source: Warehouse,
    target: Warehouse,
    reason: str,
    actor: User,
) -> list[Stock]:
    """Move units by variant id from one warehouse to another, all of them or none.

    Raises InsufficientStock, which names what lies in `source` and is not promised.
    """
    holdings = lock(quantities.keys())
    shortages = {
        h.stock.variant.sku: h.level(source).free
        for h in holdings
        if h.level(source).free < quantities[h.stock.pk]
    }
    if shortages:
        raise InsufficientStock(shortages)
    for holding in holdings:
        units = quantities[holding.stock.pk]
        holding.move(holding.level(source), on_hand=-units)
        holding.move(holding.level(target), on_hand=units)
    write(holdings, Kind.TRANSFER, reason=reason, actor=actor)
    return [holding.stock for holding in holdings]


def _correct(
    holding: Holding, level: WarehouseStock, change: int, kind: Kind, *, reason: str, actor: User
) -> None:
    if level.free + change < 0:
        raise StockWouldTurnNegative(available=level.free)
    holding.move(level, on_hand=change)
    write([holding], kind, reason=reason, actor=actor)
    audit.announce(
        Action.STOCK_ADJUSTED,
        subject=f"sku:{holding.stock.variant.sku}",
        actor_id=actor.pk,
        details={"change": change, "warehouse": level.warehouse.code},
    )
