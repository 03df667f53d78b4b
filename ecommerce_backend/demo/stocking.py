"""The first delivery: into two warehouses, and what may be ordered ahead of the next one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from catalog.models import ProductVariant, Stock, Warehouse
from catalog.services import stock
from catalog.services.warehouses import add_warehouse
from ecommerce_backend.demo.assortment import Article
from ecommerce_backend.demo.clock import at
from ecommerce_backend.demo.setting import Setting
from users.models import User

_OPENING = "OPENING"  # the reference of the delivery
_PALLET = 100  # SKUs that are booked together
_PLENTY = 30  # units, of which a third goes to the second warehouse
_AHEAD = (Stock.Policy.BACKORDER, Stock.Policy.PREORDER)  # of each five SKUs that are not there
_LIMIT = 20  # units


def receive_stock(articles: Sequence[Article], setting: Setting, *, actor: User) -> None:
    """Book the delivery, and sell ahead some of what is not in it."""
    units = {form.sku: form.units for article in articles for form in article.forms}
    far = {sku: number // 3 for sku, number in units.items() if number >= _PLENTY}
    near = {sku: number - far.get(sku, 0) for sku, number in units.items()}
    with at(setting.ago(61, 61)):
        north = add_warehouse(code="north", name="Northern depot", country="GB", priority=200)
        _receive(near, actor=actor)
        _receive(far, actor=actor, warehouse=north)
        _sell_ahead([sku for sku, number in units.items() if not number], setting, actor=actor)


def _receive(units: Mapping[str, int], *, actor: User, warehouse: Warehouse | None = None) -> None:
    skus = [sku for sku, number in units.items() if number]
    variants = list(
        ProductVariant.objects.filter(sku__in=skus).order_by("pk").values_list("pk", "sku")
    )
    for start in range(0, len(variants), _PALLET):
        pallet = variants[start : start + _PALLET]
        quantities = {variant_id: units[sku] for variant_id, sku in pallet}
        stock.receive(quantities, reference=_OPENING, actor=actor, warehouse=warehouse)


def _sell_ahead(skus: Sequence[str], setting: Setting, *, actor: User) -> None:
    chosen = {sku: _AHEAD[n % 5] for n, sku in enumerate(skus) if n % 5 < len(_AHEAD)}
    expected_on = (setting.now + timedelta(days=30)).date()
    for variant in ProductVariant.objects.filter(sku__in=chosen).order_by("pk"):
        stock.set_terms(
            variant=variant,
            policy=chosen[variant.sku],
            backorder_limit=_LIMIT,
            expected_on=expected_on,
            low_stock_threshold=None,
            actor=actor,
        )
