"""The part of the facets that counts attributes, in the one query of all facets.

Of each product it is known how many of the attributes that were asked for it misses, and which if
it is one. An attribute is counted over those that miss none, or it alone: as if its own filter were
off. So there is one count of all attributes, however many there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import FilteredRelation, Q

from catalog.models import Attribute
from catalog.models.attributes import AttributeType
from catalog.services.attributes.values import number_of
from catalog.services.storefront.attributes import AttributeFilter

# Of numbers the key ends in the least and the greatest, of all else in what is counted.
COUNTS = {
    "attribute": "SELECT concat_ws(':', value.attribute_id, value.choice_id, value.boolean,"
    " min(value.number), max(value.number)), count(*)"
    " FROM facts JOIN catalog_productattributevalue AS value ON value.product_id = facts.id"
    " AND value.attribute_id = ANY (ARRAY(SELECT id FROM catalog_attribute WHERE is_filterable))"
    " AND (misses = 0 OR missing = value.attribute_id)"
    # As one condition: of six, the planner would think that they leave nothing to join.
    " WHERE CASE WHEN {flags} THEN misses <= 1 END"
    " GROUP BY value.attribute_id, value.choice_id, value.boolean"
}
_WORDS = {"t": ("true", "Yes"), "f": ("false", "No")}  # as PostgreSQL writes them

Counts = Mapping[str, Mapping[str, int]]
Entries = list[dict[str, Any]]


def misses(asked: Sequence[AttributeFilter]) -> str:
    """Return the expression that counts how many of the attributes a product misses."""
    return " + ".join(f"(NOT met{number})::int" for number in range(len(asked))) or "0"


def missing(asked: Sequence[AttributeFilter]) -> str:
    """Return the columns that say how many, and which the first of them is."""
    first = " ".join(
        f"WHEN NOT met{number} THEN {each.attribute_id}" for number, each in enumerate(asked)
    )
    which = f"CASE {first} END" if first else "NULL::bigint"
    return f"{misses(asked)} AS misses, {which} AS missing"


def entries(counts: Counts, *, chosen: Sequence[AttributeFilter], most: int) -> Entries:
    """Return the attributes that products have a value of, in their order, in one query.

    Of each the `most` values that the most products have, and those chosen even if none does.
    """
    found = _Found(counts, chosen, most)
    if not found.attribute_ids:
        return []
    # By no choice at all Django would leave out the attributes, too; nothing has the id 0.
    shown = FilteredRelation("choices", condition=Q(choices__in=sorted(found.choice_ids) or [0]))
    rows = (
        Attribute.objects.filter(pk__in=found.attribute_ids, is_filterable=True)
        .annotate(shown=shown)
        .order_by("position", "code", "shown__position", "shown__pk")
        .values("pk", "code", "name", "type", "unit", *_OF_CHOICE.values())
    )
    facets: dict[int, dict[str, Any]] = {}
    for row in rows:
        facet = facets.setdefault(row["pk"], found.facet(row))
        if row["shown__pk"] is not None:
            shown_as = {name: row[column] for name, column in _OF_CHOICE.items() if name != "id"}
            number = found.values[row["pk"]].get(str(row["shown__pk"]), 0)
            facet["values"].append(
                {**shown_as, "color": shown_as["color"] or None, "count": number}
            )
    return list(facets.values())


_OF_CHOICE = {
    "id": "shown__pk",
    "value": "shown__code",
    "label": "shown__label",
    "color": "shown__color",
}


class _Found:
    """What was counted, by the ids of attributes."""

    def __init__(self, counts: Counts, chosen: Sequence[AttributeFilter], most: int) -> None:
        self.values: dict[int, dict[str, int]] = {each.attribute_id: {} for each in chosen}
        self._ranges: dict[int, dict[str, Any]] = {}
        kept = {each.attribute_id: {str(pk) for pk in each.choices or ()} for each in chosen}
        for key, number in counts["attribute"].items():
            attribute_id, value, *greatest = key.split(":")
            of_attribute = self.values.setdefault(int(attribute_id), {})
            if greatest:
                self._ranges[int(attribute_id)] = {
                    "min": number_of(Decimal(value)),
                    "max": number_of(Decimal(greatest[0])),
                    "count": number,
                }
            else:
                of_attribute[value] = number
        self.attribute_ids = self.values.keys()
        self.choice_ids = {
            int(value)
            for attribute_id, values in self.values.items()
            for value in {*_most(values, most), *kept.get(attribute_id, ())}
            if value not in _WORDS
        }

    def facet(self, row: Mapping[str, Any]) -> dict[str, Any]:
        is_yes_or_no = row["type"] == AttributeType.BOOLEAN
        return {
            "code": row["code"],
            "name": row["name"],
            "type": row["type"],
            "unit": row["unit"] or None,
            "range": self._ranges.get(row["pk"]),
            "values": list(self._yes_and_no(row["pk"])) if is_yes_or_no else [],
        }

    def _yes_and_no(self, attribute_id: int) -> Iterator[dict[str, Any]]:
        for letter, (word, label) in _WORDS.items():
            if number := self.values[attribute_id].get(letter):
                yield {"value": word, "label": label, "color": None, "count": number}


def _most(counts: Mapping[str, int], most: int) -> Sequence[str]:
    return sorted(counts, key=lambda key: (-counts[key], len(key), key))[:most]
