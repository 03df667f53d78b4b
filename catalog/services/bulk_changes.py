"""Changing many products at once: all of them or none."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from catalog.models import Category, Product
from ecommerce_backend.common import events
from ecommerce_backend.common.transactions import unit_of_work


@unit_of_work
def set_status(product_ids: Collection[int], *, status: Product.Status) -> list[int]:
    """Publish, archive or take back products; return the ids of those that changed."""
    return _change(product_ids, column="status", value=status)


@unit_of_work
def set_category(product_ids: Collection[int], *, category: Category) -> list[int]:
    """Let products stand in a category; return the ids of those that stood elsewhere."""
    return _change(product_ids, column="category_id", value=category.pk)


def _change(product_ids: Collection[int], *, column: str, value: Any) -> list[int]:
    """Lock in key order, as everybody does, and write what differs; three queries."""
    rows = Product.objects.filter(pk__in=product_ids).order_by("pk")
    rows = rows.select_for_update(no_key=True, of=("self",))
    changing = [pk for pk, now in rows.values_list("pk", column) if now != value]
    Product.objects.filter(pk__in=changing).update(**{column: value}, updated_at=timezone.now())
    changed = {"changed": [column.removesuffix("_id")]}
    events.record_all(
        "product.changed", subjects=[f"product:{pk}" for pk in changing], payload=changed
    )
    return changing
