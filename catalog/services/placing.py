"""Rows that hold products in an order which staff send as a whole."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from catalog.models import Product
from ecommerce_backend.common.errors import Fault, Invalid


def put_in_order(
    rows: QuerySet[Any], wanted: Sequence[int], *, of: str, make: Callable[..., Any]
) -> None:
    """Let `rows` be one for each wanted product, in their order; four queries at most.

    `of` names the column with the product, and `make` makes a new row. Call under
    the lock of what the rows belong to.
    """
    placed = {getattr(row, of): row for row in rows}
    places = {product_id: place for place, product_id in enumerate(wanted)}
    gone = [row.pk for product_id, row in placed.items() if product_id not in places]
    rows.filter(pk__in=gone).delete()
    moved = []
    for product_id, place in places.items():
        if product_id in placed and placed[product_id].position != place:
            placed[product_id].position = place
            moved.append(placed[product_id])
    manager = rows.model._default_manager  # noqa: SLF001 (Django's own name)
    manager.bulk_update(moved, ["position"])
    manager.bulk_create(
        make(**{of: product_id}, position=place)
        for product_id, place in places.items()
        if product_id not in placed
    )


def require_products(
    lists: Mapping[str, Sequence[int]], *, most: int, others_than: Collection[int] = ()
) -> None:
    """See that the lists name products that are there, each once; one query.

    Raises Invalid, which points at each that is wrong in the member with the list.
    """
    everything = {product_id for wanted in lists.values() for product_id in wanted}
    known = set(Product.objects.filter(pk__in=everything).values_list("pk", flat=True))
    faults: list[Fault] = []
    for member, wanted in lists.items():
        if len(wanted) > most:
            faults.append(_fault(f"/{member}", "max_length", f"Name {most} at most."))
        seen: set[int] = set()
        for place, product_id in enumerate(wanted):
            if product_id not in known:
                wrong = ("does_not_exist", "There is no such product.")
            elif product_id in others_than:
                wrong = ("itself", "A product does not lead to itself.")
            elif product_id in seen:
                wrong = ("repeated", "Name each product once.")
            else:
                seen.add(product_id)
                continue
            faults.append(_fault(f"/{member}/{place}", *wrong))
    if faults:
        raise Invalid(faults=faults)


def _fault(pointer: str, code: str, detail: str) -> Fault:
    return {"pointer": pointer, "code": code, "detail": detail}
