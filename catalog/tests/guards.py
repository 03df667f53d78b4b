"""Taking guards of the stock away, to see that a test would notice."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from catalog.services.stock import promises

_LIMIT = "warehouse_stock_allocated_within_limit"
_RULE = "CHECK (allocated <= on_hand + backorder_limit)"


@contextmanager
def without_limit_of_warehouses() -> Iterator[None]:
    """Let a warehouse promise more than it has. Whatever was written goes with the block."""
    _run(f"ALTER TABLE catalog_warehousestock DROP CONSTRAINT {_LIMIT}")
    try:
        yield
    finally:
        _run("TRUNCATE catalog_stock CASCADE")
        _run(f"ALTER TABLE catalog_warehousestock ADD CONSTRAINT {_LIMIT} {_RULE}")


def let_references_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an order take back, or ship, what was promised to others."""

    def whatever_is_promised(_: str, holdings: Any, __: Any) -> dict[int, list[Any]]:
        found = defaultdict(list)
        for holding in holdings:
            found[holding.stock.pk] = [(level, level.allocated) for level in holding.levels]
        return found

    monkeypatch.setattr(promises, "_of_reference", whatever_is_promised)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
