"""A page of products: by its number for people, behind a place for programs that read them all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from catalog.models import Product
from catalog.services.storefront.ordering import Run

EXACTLY_COUNTED = 10_000  # beyond it the planner's estimate has to do

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Count:
    number: int
    is_estimate: bool


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a walk through the products has got to: in which run, and behind which keys."""

    run: int
    keys: Sequence[str]


def numbered(
    runs: Sequence[Run], *, start: int, size: int, columns: Sequence[str]
) -> tuple[list[Row], bool]:
    """Return `size` rows from a position on, and whether there are more."""
    rows: list[Row] = []
    for position, run in enumerate(runs):
        wanted = size + 1 - len(rows)
        part = list(run.ordered().values(*columns)[start : start + wanted])
        rows += part
        if len(rows) > size:
            break
        is_last = position == len(runs) - 1
        start = 0 if part or is_last else max(0, start - run.products.order_by().count())
    return rows[:size], len(rows) > size


def behind(
    runs: Sequence[Run], place: Place | None, *, size: int, columns: Sequence[str]
) -> tuple[list[Row], Place | None]:
    """Return `size` rows behind a place, and the place of the last where there are more.

    Raises IndexError, ValueError or ArithmeticError for a place that is none.
    """
    rows: list[Row] = []
    places: list[Place] = []
    first = place.run if place else 0
    for position in range(first, len(runs) if first < len(runs) else first + 1):
        run = runs[position]
        starts_here = place is not None and position == place.run
        products = run.after(place.keys) if place and starts_here else run.ordered()
        names = [key.name for key in run.keys]
        for row in products.values(*columns, *names)[: size + 1 - len(rows)]:
            rows.append(row)
            places.append(Place(run=position, keys=run.place_of(row)))
        if len(rows) > size:
            break
    return rows[:size], places[size - 1] if len(rows) > size else None


def counted(products: QuerySet[Product]) -> Count:
    """Count products, exactly while there are few; else by the statistics of the database.

    One query, or two: to count a million rows exactly would take as long as to read them.
    """
    plain = products.order_by()
    number = plain.values("pk")[: EXACTLY_COUNTED + 1].count()
    if number <= EXACTLY_COUNTED:
        return Count(number=number, is_estimate=False)
    (plan,) = json.loads(plain.explain(format="json"))
    return Count(number=max(number, plan["Plan"]["Plan Rows"]), is_estimate=True)
