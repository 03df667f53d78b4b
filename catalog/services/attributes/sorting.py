"""Telling values of attributes from other facts, which have no definition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.models import Category
from catalog.services.attributes.definitions import Definition, Definitions
from catalog.services.attributes.reading import Unfit, Value, read
from ecommerce_backend.common.errors import Fault, Invalid, pointer_to


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a product has already: facts by name, values by the ids of their attributes."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[int, Value] = field(default_factory=dict)


@dataclass(kw_only=True)
class Sorted:
    """What was written of a product, and by name what of it is no value of its attribute."""

    facts: dict[str, Any] = field(default_factory=dict)
    values: dict[int, Value] = field(default_factory=dict)
    flaws: dict[str, Unfit] = field(default_factory=dict)


def sort_out(
    written: Mapping[str, Any],
    *,
    definitions: Definitions,
    held: Held,
    holds: Callable[[Definition], bool],
    is_from_file: bool = False,
) -> Sorted:
    """Return the values among what was written by code or name of attribute; the rest are facts.

    `holds` tells whether an attribute is for the product. A fact that the product has already and
    that is no value, because it is older than the attribute, stays; so does a value of an attribute
    that is not for the product any more.
    """
    result = Sorted()
    # Codes first: a name that means the same attribute is then the second.
    for name in sorted(written, key=lambda name: definitions.coded(name) is None):
        definition = definitions.named(name)
        if definition is None:
            result.facts[name] = written[name]
            continue
        try:
            value = read(definition, written[name], is_from_file=is_from_file)
            _check(definition, value, result, held, holds)
        except Unfit as unfit:
            if name in held.facts and held.facts[name] == written[name]:
                result.facts[name] = written[name]
            else:
                result.flaws[name] = unfit
        else:
            if value is not None:
                result.values[definition.pk] = value
    return result


def _check(
    definition: Definition,
    value: Value | None,
    result: Sorted,
    held: Held,
    holds: Callable[[Definition], bool],
) -> None:
    if value is None:
        return
    if definition.pk in result.values:
        raise Unfit("repeated", f"is {definition.code}, which is given too")
    if definition.pk not in held.values and not holds(definition):
        raise Unfit("not_in_category", "is not for products of this category")


def sorted_for_staff(
    written: Mapping[str, Any], *, definitions: Definitions, held: Held, category: Category | None
) -> Sorted:
    """Sort out what staff wrote of a product.

    Raises Invalid, which names everything that is wrong.
    """
    path = None if category is None else category.path
    result = sort_out(
        written, definitions=definitions, held=held, holds=lambda each: each.holds_on(path)
    )
    if result.flaws:
        raise Invalid(faults=[_fault(name, unfit) for name, unfit in result.flaws.items()])
    return result


def _fault(name: str, unfit: Unfit) -> Fault:
    return {
        "pointer": f"/attributes{pointer_to(name)}",
        "code": unfit.code,
        "detail": f"This {unfit.reason}.",
    }
