"""Attributes as shoppers filter by them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q

from catalog.models import Attribute, ProductAttributeValue
from catalog.models.attributes import NUMBER_DIGITS, NUMBER_PLACES, AttributeType
from ecommerce_backend.common.errors import Fault, Invalid

MOST_TOLD = 50  # codes that a refusal names
_WORDS = {"true": True, "false": False}
# Decimal() would read "1_0", "1e1" and "１０" as well.
_NUMBER = re.compile(
    rf"-?[0-9]{{1,{NUMBER_DIGITS - NUMBER_PLACES}}}(\.[0-9]{{1,{NUMBER_PLACES}}})?"
)


@dataclass(kw_only=True)
class Asked:
    """What was asked of one attribute, as text: any of the values, and a number's bounds."""

    values: list[str] = field(default_factory=list)
    least: str | None = None
    most: str | None = None


@dataclass(frozen=True, kw_only=True)
class AttributeFilter:
    """What a product has to have of an attribute: one of the values, between the bounds."""

    attribute_id: int
    choices: Sequence[int] | None = None
    booleans: Sequence[bool] | None = None
    numbers: Sequence[Decimal] | None = None
    least: Decimal | None = None
    most: Decimal | None = None

    def condition(self) -> Exists:
        """Return the condition of a query of products."""
        values = ProductAttributeValue.objects.filter(
            product=OuterRef("pk"), attribute=self.attribute_id
        )
        bounds = {
            "choice__in": self.choices,
            "boolean__in": self.booleans,
            "number__in": self.numbers,
            "number__gte": self.least,
            "number__lte": self.most,
        }
        return Exists(values.filter(**{name: v for name, v in bounds.items() if v is not None}))


def filters_of(asked: Mapping[str, Asked]) -> tuple[AttributeFilter, ...]:
    """Return the filters that were asked for by codes of attributes, in one query.

    Raises Invalid, which says what there is instead of what is not known.
    """
    if not asked:
        return ()
    rows = _rows(asked)
    kinds = {row["code"]: row for row in rows}
    choices: dict[str, dict[str, int]] = {code: {} for code in kinds}
    for row in rows:
        if row["meant__pk"] is not None:
            choices[row["code"]][row["meant__code"]] = row["meant__pk"]
    faults: list[Fault] = []
    filters = []
    for code, wanted in asked.items():
        if code not in kinds:
            faults.append(_unknown_attribute(code))
        elif wrong := list(_faults(code, wanted, kinds[code]["type"], choices[code])):
            faults += wrong
        else:
            filters.append(_filter(wanted, kinds[code], choices[code]))
    if faults:
        raise Invalid(faults=faults)
    return tuple(filters)


def _rows(asked: Mapping[str, Asked]) -> list[Any]:
    values = {value for wanted in asked.values() for value in wanted.values}
    # By no value at all Django would leave out the attributes, too; nothing has an empty code.
    meant = FilteredRelation("choices", condition=Q(choices__code__in=sorted(values) or [""]))
    rows = Attribute.objects.filter(code__in=asked, is_filterable=True).annotate(meant=meant)
    return list(rows.values("pk", "code", "type", "meant__pk", "meant__code"))


def _filter(
    wanted: Asked, attribute: Mapping[str, Any], choices: Mapping[str, int]
) -> AttributeFilter:
    of_values: dict[str, Any] = {}
    if wanted.values:
        match attribute["type"]:
            case AttributeType.NUMBER:
                of_values["numbers"] = [Decimal(value) for value in wanted.values]
            case AttributeType.BOOLEAN:
                of_values["booleans"] = [_WORDS[value] for value in wanted.values]
            case _:
                of_values["choices"] = [choices[value] for value in wanted.values]
    return AttributeFilter(
        attribute_id=attribute["pk"],
        least=None if wanted.least is None else Decimal(wanted.least),
        most=None if wanted.most is None else Decimal(wanted.most),
        **of_values,
    )


def _faults(code: str, wanted: Asked, kind: str, choices: Mapping[str, int]) -> list[Fault]:
    bounds = (("min", wanted.least), ("max", wanted.most))
    given = {f"attr.{code}.{end}": bound for end, bound in bounds if bound is not None}
    if kind != AttributeType.NUMBER and given:
        return [_fault(name, "not_of_type", "Only numbers have bounds.") for name in given]
    match kind:
        case AttributeType.NUMBER:
            given |= {f"attr.{code}": value for value in wanted.values if not _is_number(value)}
            wrong = [name for name, value in given.items() if not _is_number(value)]
            return [_fault(name, "invalid", "Use a plain number, such as 2.5.") for name in wrong]
        case AttributeType.BOOLEAN:
            if all(value in _WORDS for value in wanted.values):
                return []
            return [_fault(f"attr.{code}", "invalid", "Use true or false.")]
        case _:
            unknown = [value for value in wanted.values if value not in choices]
            return [_unknown_choice(code, unknown[0])] if unknown else []


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _unknown_attribute(code: str) -> Fault:
    known = Attribute.objects.filter(is_filterable=True).order_by("position", "code")
    told = _told(known.values_list("code", flat=True)[: MOST_TOLD + 1])
    return _fault(
        f"attr.{code}", "unknown_attribute", f"There is no such attribute to filter by, but {told}."
    )


def _unknown_choice(code: str, value: str) -> Fault:
    known = Attribute.objects.filter(code=code).order_by("choices__position", "choices__pk")
    told = _told(known.values_list("choices__code", flat=True)[: MOST_TOLD + 1])
    return _fault(
        f"attr.{code}", "unknown_choice", f"There is no choice {value[:80]!r}, but {told}."
    )


def _told(codes: Any) -> str:
    known = [code for code in codes if code is not None]
    more = ", …" if len(known) > MOST_TOLD else ""
    return (", ".join(known[:MOST_TOLD]) or "none") + more


def _fault(name: str, code: str, detail: str) -> Fault:
    return {"pointer": name, "code": code, "detail": detail}
