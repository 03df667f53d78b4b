"""Units for orders: promised, taken back, shipped, returned. Quantities are units by variant id.

The ledger remembers in which warehouse the units of a `reference` lie, so whatever follows a
promise finds its way to the same one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from catalog.models import StockMovement, WarehouseStock
from catalog.services.stock.errors import InsufficientStock, NotOnHand
from catalog.services.stock.holdings import Holding, Kind, lock, write

_PROMISED = Sum("allocated_change")
_SHIPPED = -Sum("on_hand_change", filter=Q(kind__in=[Kind.SHIPMENT, Kind.RETURN]), default=0)


@transaction.atomic
def allocate(quantities: Mapping[int, int], *, reference: str) -> None:
    """Promise units to an order, all of them or none.

    Raises InsufficientStock, which names every SKU that falls short.
    """
    holdings = lock(quantities.keys())
    shares = {h.stock.pk: _shares(h, quantities[h.stock.pk]) for h in holdings}
    shortages = {
        h.stock.variant.sku: sum(units for _, units in _offers(h))
        for h in holdings
        if sum(units for _, units in shares[h.stock.pk]) < quantities[h.stock.pk]
    }
    if shortages:
        raise InsufficientStock(shortages)
    for holding in holdings:
        for level, units in shares[holding.stock.pk]:
            holding.move(level, allocated=units)
    write(holdings, Kind.ALLOCATION, reference=reference)


@transaction.atomic
def release(quantities: Mapping[int, int], *, reference: str) -> None:
    """Take back units promised to an order that will not ship, those of last choice first.

    Raises IntegrityError when they were not promised to it.
    """
    holdings = lock(quantities.keys())
    promised = _of_reference(reference, holdings, _PROMISED)
    for holding in holdings:
        choices = reversed(promised[holding.stock.pk])
        for level, units in _spread_over(list(choices), quantities[holding.stock.pk]):
            holding.move(level, allocated=-units)
    write(holdings, Kind.RELEASE, reference=reference)


@transaction.atomic
def ship(quantities: Mapping[int, int], *, reference: str) -> None:
    """Let units that were promised leave the building.

    Raises NotOnHand when they were sold ahead and are not there, and IntegrityError when they were
    not promised to it.
    """
    holdings = lock(quantities.keys())
    promised = _of_reference(reference, holdings, _PROMISED)
    shortages = {}
    for holding in holdings:
        wanted, choices = quantities[holding.stock.pk], promised[holding.stock.pk]
        there = [(level, min(units, level.on_hand)) for level, units in choices]
        can_leave = sum(units for _, units in there)
        if can_leave < wanted <= sum(units for _, units in choices):
            shortages[holding.stock.pk] = can_leave
            continue
        for level, units in _spread_over(there, wanted):
            holding.move(level, on_hand=-units, allocated=-units)
    if shortages:
        raise NotOnHand(shortages)
    write(holdings, Kind.SHIPMENT, reference=reference)


@transaction.atomic
def take_back(quantities: Mapping[int, int], *, reference: str) -> None:
    """Put units of an order that came back on the shelves they were shipped from.

    Raises IntegrityError when more comes back than was shipped.
    """
    holdings = lock(quantities.keys())
    shipped = _of_reference(reference, holdings, _SHIPPED)
    for holding in holdings:
        for level, units in _spread_over(shipped[holding.stock.pk], quantities[holding.stock.pk]):
            holding.move(level, on_hand=units)
    write(holdings, Kind.RETURN, reference=reference)


def _offers(holding: Holding) -> list[tuple[WarehouseStock, int]]:
    """Return what can be promised: first all that lies there, then what may be sold ahead."""
    levels = holding.open_levels
    ahead = levels if holding.stock.policy != holding.stock.Policy.NONE else []
    return [
        *((level, level.sellable) for level in levels),
        *((level, level.backorder_room) for level in ahead),
    ]


def _shares(holding: Holding, wanted: int) -> list[tuple[WarehouseStock, int]]:
    """Divide units over warehouses: one parcel if one warehouse has it all, else by priority.

    What is sold ahead comes last. The sum falls short when there is not enough.
    """
    whole = next((level for level in holding.open_levels if level.sellable >= wanted), None)
    if whole is not None:
        return [(whole, wanted)]
    shares: dict[int, int] = {}
    levels = {level.warehouse_id: level for level in holding.levels}
    for level, units in _offers(holding):
        taken = min(units, wanted)
        wanted -= taken
        if taken:
            shares[level.warehouse_id] = shares.get(level.warehouse_id, 0) + taken
    return [(levels[warehouse_id], units) for warehouse_id, units in shares.items()]


def _spread_over(
    choices: Sequence[tuple[WarehouseStock, int]], wanted: int
) -> list[tuple[WarehouseStock, int]]:
    shares = []
    for level, units in choices:
        taken = min(units, wanted)
        wanted -= taken
        if taken:
            shares.append((level, taken))
    if wanted:
        raise IntegrityError("The ledger knows of fewer units under this reference.")
    return shares


def _of_reference(
    reference: str, holdings: Sequence[Holding], units: Any
) -> dict[int, list[tuple[WarehouseStock, int]]]:
    """Return how many `units` of each SKU a reference has in which warehouse, first choice first.

    `units` says what to add up over its movements.
    """
    sums = (
        StockMovement.objects.filter(
            reference=reference, stock__in=[holding.stock.pk for holding in holdings]
        )
        .values_list("stock_id", "warehouse_id")
        .annotate(units=units)
        .filter(units__gt=0)
    )
    found = {(stock_id, warehouse_id): total for stock_id, warehouse_id, total in sums}
    return {
        holding.stock.pk: [
            (level, found[holding.stock.pk, level.warehouse_id])
            for level in holding.levels
            if (holding.stock.pk, level.warehouse_id) in found
        ]
        for holding in holdings
    }
