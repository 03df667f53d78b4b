"""Warehouses: opened, changed, closed, and deleted while nothing was ever in them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from catalog.models import Warehouse
from catalog.services.stock import holdings
from ecommerce_backend.common.errors import DomainError


class WarehouseCodeTaken(DomainError):
    code = "warehouse_code_taken"
    message = "There is a warehouse of this code already."
    advice = "Choose another code."


class WarehouseIsDefault(DomainError):
    code = "warehouse_is_default"
    message = "Deliveries arrive here; the shop needs such a warehouse, and an active one."
    advice = "Make another warehouse the default first."


class WarehouseInUse(DomainError):
    code = "warehouse_in_use"
    message = "The stock ledger speaks of this warehouse, so it stays."
    advice = "Move what lies there to another warehouse and set `is_active` to false."


@transaction.atomic
def add_warehouse(**fields: Any) -> Warehouse:
    """Open a warehouse. A new default takes the place of the one before.

    Raises WarehouseCodeTaken and WarehouseIsDefault.
    """
    warehouse = Warehouse(**fields)
    _require_free_code(warehouse)
    _settle_default(warehouse)
    warehouse.save()
    return warehouse


@transaction.atomic
def change_warehouse(*, warehouse: Warehouse, changes: Mapping[str, Any]) -> Warehouse:
    """Change a warehouse; what lies in one that closes is not for sale any more.

    Raises WarehouseCodeTaken and WarehouseIsDefault.
    """
    locked = _lock_with_stock(warehouse) if "is_active" in changes else []
    current = Warehouse.objects.get(pk=warehouse.pk)
    if current.is_default and changes.get("is_default") is False:
        raise WarehouseIsDefault
    for name, value in changes.items():
        setattr(current, name, value)
    _require_free_code(current)
    _settle_default(current)
    current.save()
    for holding in locked:
        holding.level(current).warehouse = current
    holdings.settle(locked)
    return current


@transaction.atomic
def delete_warehouse(*, warehouse: Warehouse) -> None:
    """Remove a warehouse that nothing was ever booked into.

    Raises WarehouseIsDefault and WarehouseInUse.
    """
    current = _lock(warehouse)
    if current.is_default:
        raise WarehouseIsDefault
    if current.movements.exists() or current.levels.exists():
        raise WarehouseInUse
    current.delete()


def _lock(warehouse: Warehouse) -> Warehouse:
    """Keep everybody from booking into a warehouse until the transaction ends."""
    return Warehouse.objects.select_for_update(no_key=False, of=("self",)).get(pk=warehouse.pk)


def _lock_with_stock(warehouse: Warehouse) -> list[holdings.Holding]:
    """Lock every SKU that lies in a warehouse, then the warehouse.

    What was booked into it between the two would have to be locked out of order, so both are given
    back and taken again.
    """
    while True:
        savepoint = transaction.savepoint()
        held = set(warehouse.levels.values_list("stock_id", flat=True))
        locked = holdings.lock(held)
        _lock(warehouse)
        if set(warehouse.levels.values_list("stock_id", flat=True)) == held:
            transaction.savepoint_commit(savepoint)
            return locked
        transaction.savepoint_rollback(savepoint)


def _require_free_code(warehouse: Warehouse) -> None:
    others = Warehouse.objects.exclude(pk=warehouse.pk)
    if others.filter(code=warehouse.code).exists():
        raise WarehouseCodeTaken


def _settle_default(warehouse: Warehouse) -> None:
    if warehouse.is_default:
        if not warehouse.is_active:
            raise WarehouseIsDefault
        Warehouse.objects.exclude(pk=warehouse.pk).filter(is_default=True).update(is_default=False)
