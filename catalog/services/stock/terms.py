"""On what terms a SKU is sold: ahead of its arrival or not, and how much of it is kept back."""

from datetime import date

from django.db import transaction

from catalog.models import ProductVariant, Stock, Warehouse, WarehouseStock
from catalog.services.stock.errors import BackorderLimitTooLow
from catalog.services.stock.holdings import Holding, lock, settle
from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action
from users.models import User

_TERMS = ("policy", "backorder_limit", "expected_on", "low_stock_threshold")


@transaction.atomic
def set_terms(
    *,
    variant: ProductVariant,
    policy: Stock.Policy,
    backorder_limit: int,
    expected_on: date | None,
    low_stock_threshold: int | None,
    actor: User,
) -> Stock:
    """Say how a SKU is sold when nothing is left. `backorder_limit` is in units.

    What is sold ahead is promised from the default warehouse, where deliveries arrive.
    Raises BackorderLimitTooLow.
    """
    default = Warehouse.objects.default()
    (holding,) = lock([variant.pk])
    stock = holding.stock
    owed = sum(level.owed for level in holding.levels)
    if backorder_limit < owed:
        raise BackorderLimitTooLow(owed=owed)
    stock.policy, stock.backorder_limit = policy, backorder_limit
    stock.expected_on, stock.low_stock_threshold = expected_on, low_stock_threshold
    stock.save(update_fields=_TERMS)
    home = holding.level(default)
    for level in holding.levels:
        level.backorder_limit = level.owed
    home.backorder_limit += backorder_limit - owed
    _save(holding, holding.levels, "backorder_limit", actor)
    return stock


@transaction.atomic
def set_safety_stock(
    *, variant: ProductVariant, warehouse: Warehouse, units: int, actor: User
) -> Stock:
    """Keep units of a SKU in a warehouse back from sale. What is promised stays promised."""
    (holding,) = lock([variant.pk])
    level = holding.level(warehouse)
    level.safety_stock = units
    _save(holding, [level], "safety_stock", actor)
    return holding.stock


def _save(holding: Holding, levels: list[WarehouseStock], column: str, actor: User) -> None:
    for level in levels:
        level.save(update_fields=[column] if level.pk else None)
    settle([holding])
    audit.announce(
        Action.STOCK_TERMS_CHANGED,
        subject=f"sku:{holding.stock.variant.sku}",
        actor_id=actor.pk,
        details={"available": holding.stock.available},
    )
