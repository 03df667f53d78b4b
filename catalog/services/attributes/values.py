"""What products have of attributes, stored and shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from catalog.models import ProductAttributeValue
from catalog.services.attributes.definitions import Definitions
from catalog.services.attributes.reading import Value

Values = Mapping[int, Value]  # by the ids of attributes
Row = Mapping[str, Any]

COLUMNS = (
    *("product_id", "type", "text", "number", "boolean"),
    *("attribute__code", "attribute__name", "attribute__unit"),
    *("choice__code", "choice__label", "choice__color"),
)
_ORDER = ("attribute__position", "attribute__code", "choice__position", "choice_id")
_YES_NO = {True: "Yes", False: "No"}


def rows_of(product_ids: Collection[int]) -> list[Row]:
    """Return the COLUMNS of the values of products in the order of attributes, in one query."""
    rows = ProductAttributeValue.objects.filter(product__in=product_ids)
    return list(rows.order_by(*_ORDER).values(*COLUMNS))


def as_written(rows: Iterable[Row]) -> dict[str, Any]:
    """Return the values of a product as staff and files write them, by code of attribute."""
    written: dict[str, Any] = {}
    for row in rows:
        code, value = row["attribute__code"], _plain(row)
        if code in written:
            several = written[code] if isinstance(written[code], list) else [written[code]]
            written[code] = [*several, value]
        else:
            written[code] = value
    return written


def as_shown(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return the values of a product as shoppers see them, one entry for each."""
    return [
        {
            "code": row["attribute__code"],
            "name": row["attribute__name"],
            "type": row["type"],
            "value": _plain(row),
            "unit": row["attribute__unit"] or None,
            "label": _label(row),
            "color": row["choice__color"] or None,
        }
        for row in rows
    ]


def in_words(values: Values, definitions: Definitions) -> dict[str, Any]:
    """Return values as `as_written` does, without looking at the database."""
    written: dict[str, Any] = {}
    for attribute_id, value in values.items():
        definition = definitions.by_id[attribute_id]
        match value:
            case frozenset():
                codes = [code for code, choice in definition.choices.items() if choice in value]
                written[definition.code] = codes if len(codes) > 1 else codes[0]
            case Decimal():
                written[definition.code] = number_of(value)
            case _:
                written[definition.code] = value
    return written


def number_of(value: Decimal) -> int | float:
    """Return a number for JSON; fifteen digits are exact in a double."""
    return int(value) if value == value.to_integral_value() else float(value)


def plain_number(value: Decimal) -> str:
    """Return a number as people read it, without idle zeros."""
    return format(value.normalize(), "f") if value else "0"


def _plain(row: Row) -> str | int | float | bool:
    if row["number"] is not None:
        return number_of(row["number"])
    if row["boolean"] is not None:
        return bool(row["boolean"])
    return str(row["text"] if row["choice__code"] is None else row["choice__code"])


def _label(row: Row) -> str:
    if row["number"] is not None:
        return f"{plain_number(row['number'])} {row['attribute__unit']}".rstrip()
    if row["boolean"] is not None:
        return _YES_NO[row["boolean"]]
    return str(row["text"] if row["choice__label"] is None else row["choice__label"])


def held_by(product_ids: Collection[int]) -> dict[int, dict[int, Value]]:
    """Return the values of products by their ids, in one query."""
    held: dict[int, dict[int, Value]] = defaultdict(dict)
    choices: dict[tuple[int, int], set[int]] = defaultdict(set)
    for row in ProductAttributeValue.objects.filter(product__in=product_ids):
        if row.choice_id is not None:
            choices[row.product_id, row.attribute_id].add(row.choice_id)
            held[row.product_id][row.attribute_id] = frozenset(
                choices[row.product_id, row.attribute_id]
            )
        else:
            value = next(v for v in (row.text, row.number, row.boolean) if v is not None)
            held[row.product_id][row.attribute_id] = value
    return dict(held)


def write_values(values: Mapping[int, Values], *, definitions: Definitions) -> None:
    """Let products, by their ids, have these values and no others; call with their rows locked.

    Three queries, whatever the number of products.
    """
    wanted = {
        (row.product_id, row.attribute_id, row.choice_id): row
        for product_id, of_product in values.items()
        for row in _rows(product_id, of_product, definitions)
    }
    gone = []
    for stored in ProductAttributeValue.objects.filter(product__in=values):
        row = wanted.get(key := (stored.product_id, stored.attribute_id, stored.choice_id))
        if row is None:
            gone.append(stored.pk)
        elif (row.text, row.number, row.boolean) == (stored.text, stored.number, stored.boolean):
            del wanted[key]
    if gone:
        ProductAttributeValue.objects.filter(pk__in=gone).delete()
    if wanted:
        ProductAttributeValue.objects.bulk_create(
            wanted.values(),
            update_conflicts=True,
            unique_fields=["product", "attribute", "choice"],
            update_fields=["text", "number", "boolean"],
        )


def _rows(
    product_id: int, values: Values, definitions: Definitions
) -> Iterable[ProductAttributeValue]:
    for attribute_id, value in values.items():
        row = {
            "product_id": product_id,
            "attribute_id": attribute_id,
            "type": definitions.by_id[attribute_id].type,
        }
        match value:
            case frozenset():
                for choice_id in sorted(value):
                    yield ProductAttributeValue(**row, choice_id=choice_id)
            case bool():
                yield ProductAttributeValue(**row, boolean=value)
            case Decimal():
                yield ProductAttributeValue(**row, number=value)
            case _:
                yield ProductAttributeValue(**row, text=value)
