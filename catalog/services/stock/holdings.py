"""SKUs under lock, and writing what became of them.

Lock order: stock rows by variant id, then warehouses by priority. A SKU's levels have no lock of
their own; whoever writes them holds its stock row, and the ledger's trigger holds the warehouses.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from catalog.models import Stock, StockMovement, Warehouse, WarehouseStock
from catalog.services.stock.news import spread
from ecommerce_backend.common import events
from users.models import User

Kind = StockMovement.Kind


@dataclass(frozen=True, kw_only=True)
class Change:
    """Units that one movement adds; less than zero takes away."""

    level: WarehouseStock
    on_hand: int
    allocated: int


@dataclass(kw_only=True)
class Holding:
    """One SKU under lock, with its level in each warehouse, first choice first."""

    stock: Stock
    levels: list[WarehouseStock]
    changes: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.available_before = self.stock.available

    @property
    def open_levels(self) -> list[WarehouseStock]:
        """Return those that orders may be promised from."""
        return [level for level in self.levels if level.warehouse.is_active]

    def level(self, warehouse: Warehouse) -> WarehouseStock:
        """Return the level in a warehouse, which may have nothing of it yet."""
        for level in self.levels:
            if level.warehouse_id == warehouse.pk:
                return level
        level = WarehouseStock(stock=self.stock, warehouse=warehouse)
        self.levels.append(level)
        return level

    def move(self, level: WarehouseStock, *, on_hand: int = 0, allocated: int = 0) -> None:
        level.on_hand += on_hand
        level.allocated += allocated
        self.stock.on_hand += on_hand
        self.stock.allocated += allocated
        self.changes.append(Change(level=level, on_hand=on_hand, allocated=allocated))

    def add_up(self) -> None:
        """Write into the stock row what its levels come to."""
        self.stock.sellable = sum(level.sellable for level in self.open_levels)
        self.stock.backorder_room = (
            0
            if self.stock.policy == Stock.Policy.NONE
            else sum(level.backorder_room for level in self.open_levels)
        )


def lock(variant_ids: Collection[int]) -> list[Holding]:
    """Lock SKUs in key order and return them with their levels, in two queries.

    Raises Stock.DoesNotExist.
    """
    stocks = Stock.objects.lock(variant_ids)
    levels = defaultdict(list)
    for level in (
        WarehouseStock.objects.filter(stock__in=variant_ids)
        .select_related("warehouse")
        .order_by("warehouse__priority", "warehouse_id")
    ):
        levels[level.stock_id].append(level)
    return [Holding(stock=stock, levels=levels[stock.pk]) for stock in stocks]


def settle(holdings: Sequence[Holding]) -> None:
    """Write anew what locked SKUs have for sale, after their warehouses or terms have changed."""
    for holding in holdings:
        holding.add_up()
    if holdings:
        _save([holding.stock for holding in holdings], ["sellable", "backorder_room"])
    spread({holding.stock: holding.available_before for holding in holdings})


def write(
    holdings: Sequence[Holding],
    kind: StockMovement.Kind,
    *,
    reference: str = "",
    reason: str = "",
    actor: User | None = None,
) -> None:
    """Write the changes of locked SKUs: totals, ledger and events, in a fixed number of queries."""
    for holding in holdings:
        holding.add_up()
    stocks = [holding.stock for holding in holdings]
    _save(stocks, ["on_hand", "allocated", "sellable", "backorder_room"])
    StockMovement.objects.bulk_create(
        StockMovement(
            stock=holding.stock,
            warehouse=change.level.warehouse,
            kind=kind,
            on_hand_change=change.on_hand,
            allocated_change=change.allocated,
            reference=reference,
            reason=reason,
            actor=actor,
        )
        for holding in holdings
        for change in holding.changes
    )
    events.record(
        "stock.changed",
        subject=f"stock:{kind}",
        payload={
            "reference": reference,
            "stock": {stock.variant.sku: stock.available for stock in stocks},
        },
    )
    spread({holding.stock: holding.available_before for holding in holdings})


def _save(stocks: Sequence[Stock], columns: Sequence[str]) -> None:
    # The rows are there and locked. For five hundred, bulk_update took 460 ms and this 20.
    Stock.objects.bulk_create(
        stocks, update_conflicts=True, unique_fields=["variant"], update_fields=columns
    )
