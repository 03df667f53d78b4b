"""From records to rows that fit the shop."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.models.products import DIMENSIONS, MEASURES
from catalog.services.imports import fields
from catalog.services.imports.reading import REQUIRED, Record
from catalog.services.imports.refusals import FieldRefused, Flaw, Refusal, excerpt
from catalog.services.imports.seen import SeenSkus


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A product as the file gives it. None: the file does not say, and what is there stays."""

    line: int
    sku: str
    name: str
    price: Decimal
    currency: str
    upc: str | None = None
    description: str | None = None
    brand: str | None = None
    category_path: tuple[str, ...] | None = None
    image_url: str | None = None
    attributes: dict[str, Any] | None = None
    on_hand: int | None = None
    # By column, those that the file has; None: they are not known any more.
    measures: Mapping[str, int | None] = field(default_factory=dict)


_RULES: Mapping[str, Callable[[object], object]] = {
    "sku": fields.sku,
    "name": fields.name,
    "price": fields.price,
    "currency": fields.currency,
    "upc": fields.upc,
    "description": fields.description,
    "brand": fields.brand,
    "category_path": fields.category_path,
    "image_url": fields.image_url,
    "attributes": fields.attributes,
    "on_hand": fields.on_hand,
    "weight_grams": fields.weight,
    **dict.fromkeys(DIMENSIONS, fields.length),
}


def validated(record: Record, seen: SeenSkus) -> Row | Refusal:
    """Return the record as a row, or everything that is wrong with it."""
    values: dict[str, Any] = {}
    flaws: list[Flaw] = []
    for column, rule in _RULES.items():
        if column in record.values or column in REQUIRED:
            try:
                values[column] = rule(record.values.get(column))
            except FieldRefused as refused:
                flaws.append(_flaw(record, column, refused))
    flaws += _flaws_together(record, values, seen)
    measures = {column: values.pop(column) for column in MEASURES if column in values}
    if flaws:
        return Refusal(record.line, tuple(flaws))
    return Row(line=record.line, measures=measures, **values)


def _flaws_together(record: Record, values: dict[str, Any], seen: SeenSkus) -> Iterator[Flaw]:
    """Yield what no column shows alone."""
    if "sku" in values and (first := seen.remember(values["sku"], record.line)):
        refused = FieldRefused("duplicate_sku", f"is the SKU of line {first} too")
        yield _flaw(record, "sku", refused)
    if "price" in values and "currency" in values:
        try:
            fields.check_precision(values["price"], values["currency"])
        except FieldRefused as refused:
            yield _flaw(record, "price", refused)
    sides = {values[column] is None for column in DIMENSIONS if column in values}
    if len(sides) > 1:
        missing = FieldRefused("incomplete", "is not all of length_mm, width_mm and height_mm")
        yield _flaw(record, next(side for side in DIMENSIONS if values.get(side) is None), missing)
    for column, value in record.values.items():
        if column not in _RULES and isinstance(value, str) and fields.NUL in value:
            yield _flaw(record, column, FieldRefused("nul_character", "has a NUL character"))


def _flaw(record: Record, column: str, refused: FieldRefused) -> Flaw:
    return Flaw(excerpt(column), excerpt(record.values.get(column)), refused.code, refused.reason)
