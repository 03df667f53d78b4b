"""Changing which attributes there are, and what they offer."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from django.db.models.functions import Lower
from django.utils.text import slugify

from catalog.models import (
    Attribute,
    AttributeCategory,
    AttributeChoice,
    Category,
    ProductAttributeValue,
)
from catalog.models.attributes import (
    CODE_LENGTH,
    FILTERED,
    OF_CHOICES,
    SEARCHED,
    AttributeType,
)
from catalog.services.shelving import StillInUse
from ecommerce_backend.common.errors import DomainError, Fault, Invalid
from ecommerce_backend.common.transactions import unit_of_work


class AttributeExists(DomainError):
    code = "attribute_exists"
    message = "There is an attribute of this code or name already."
    advice = "Use the attribute that is there, or choose another code and name."


class NewChoice(TypedDict):
    """A choice to be; without `code` its label makes one. `color` is #AABBCC."""

    label: str
    code: NotRequired[str]
    color: NotRequired[str]


class AttributeChanges(TypedDict, total=False):
    """What may be changed of an attribute; what is left out stays. `choices` are all it has."""

    name: str
    unit: str
    is_filterable: bool
    is_searchable: bool
    position: int
    categories: Sequence[Any]  # of Category, which has no types
    choices: Sequence[NewChoice]


@unit_of_work
def add_attribute(
    *,
    name: str,
    type: str,  # noqa: A002 - the column's name
    code: str | None = None,
    categories: Sequence[Any] = (),
    choices: Sequence[NewChoice] = (),
    **more: Any,
) -> Attribute:
    """Add an attribute; without `code` its name makes one. `more` are its other columns.

    Raises AttributeExists and Invalid.
    """
    attribute = Attribute(name=name, type=type, code=code or code_of(name), **more)
    _require_sense(attribute, choices)
    _require_alone(attribute)
    attribute.save()
    tie(attribute, categories)
    _replace_choices(attribute, choices)
    return attribute


@unit_of_work
def change_attribute(*, attribute: Attribute, changes: AttributeChanges) -> Attribute:
    """Change an attribute; call with its row locked. Its code and type stay.

    Raises AttributeExists, Invalid, and StillInUse for a choice that goes and that products have.
    """
    columns = {name: v for name, v in changes.items() if name not in {"categories", "choices"}}
    changed = [name for name, value in columns.items() if getattr(attribute, name) != value]
    for name in changed:
        setattr(attribute, name, columns[name])
    _require_sense(attribute, changes.get("choices", ()))
    if "name" in changed:
        _require_alone(attribute)
    if changed:
        attribute.save(update_fields=[*changed, "updated_at"])
    if "categories" in changes:
        tie(attribute, changes["categories"])
    if "choices" in changes:
        _replace_choices(attribute, changes["choices"])
    return attribute


@unit_of_work
def delete_attribute(*, attribute: Attribute) -> None:
    """Remove an attribute that no product has a value of.

    Raises StillInUse.
    """
    # A value takes a lock of its attribute's key, which this lock keeps out.
    locked = Attribute.objects.select_for_update(no_key=False, of=("self",)).get(pk=attribute.pk)
    if locked.values.exists():
        raise StillInUse("Products have a value of the attribute.")
    locked.delete()


def _require_sense(attribute: Attribute, choices: Sequence[NewChoice]) -> None:
    faults = faults_of(attribute, choices)
    if faults:
        raise Invalid(faults=faults)


def faults_of(attribute: Attribute, choices: Sequence[NewChoice] = ()) -> list[Fault]:
    """Return all that does not go with the type."""
    faults = [
        _fault(f"/{name}", "not_of_type", reason)
        for name, is_wrong, reason in (
            (
                "unit",
                attribute.unit and attribute.type != AttributeType.NUMBER,
                "Only numbers have a unit.",
            ),
            (
                "is_filterable",
                attribute.is_filterable and attribute.type not in FILTERED,
                "Text cannot be filtered by; offer choices instead.",
            ),
            (
                "is_searchable",
                attribute.is_searchable and attribute.type not in SEARCHED,
                "Numbers are not searched.",
            ),
            (
                "choices",
                choices and attribute.type not in OF_CHOICES,
                "Only attributes of type choice or color have choices.",
            ),
        )
        if is_wrong
    ]
    if not attribute.code:
        faults.append(_fault("/code", "required", "The name makes no code; give one."))
    if attribute.type in OF_CHOICES:
        faults += _faults_of_choices(attribute, choices)
    return faults


def _faults_of_choices(attribute: Attribute, choices: Sequence[NewChoice]) -> list[Fault]:
    faults: list[Fault] = []
    codes: set[str] = set()
    labels: set[str] = set()
    is_color = attribute.type == AttributeType.COLOR
    for number, choice in enumerate(choices):
        code, label = _code_of_choice(choice), choice["label"].lower()
        place = f"/choices/{number}"
        if not code:
            faults.append(_fault(f"{place}/code", "required", "The label makes no code; give one."))
        elif code in codes:
            faults.append(_fault(f"{place}/code", "repeated", "Another choice has this code."))
        if label in labels:
            faults.append(_fault(f"{place}/label", "repeated", "Another choice has this label."))
        if is_color and not choice.get("color"):
            faults.append(_fault(f"{place}/color", "required", "Say which colour it is."))
        elif not is_color and choice.get("color"):
            reason = "Only attributes of type color have colours."
            faults.append(_fault(f"{place}/color", "not_of_type", reason))
        codes.add(code)
        labels.add(label)
    return faults


def _fault(pointer: str, code: str, detail: str) -> Fault:
    return {"pointer": pointer, "code": code, "detail": detail}


def _require_alone(attribute: Attribute) -> None:
    others = Attribute.objects.exclude(pk=attribute.pk).alias(small=Lower("name"))
    for pointer, is_taken in (
        ("/code", others.filter(code=attribute.code).exists()),
        ("/name", others.filter(small=attribute.name.lower()).exists()),
    ):
        if is_taken:
            fault = _fault(pointer, AttributeExists.code, AttributeExists.message)
            raise AttributeExists(faults=[fault])


def tie(attribute: Attribute, categories: Collection[Category]) -> None:
    """Let an attribute be for the products of these categories; of none: for all."""
    wanted = {category.pk for category in categories}
    attribute.ties.exclude(category__in=wanted).delete()
    AttributeCategory.objects.bulk_create(
        [AttributeCategory(attribute=attribute, category_id=pk) for pk in sorted(wanted)],
        ignore_conflicts=True,
    )


def _replace_choices(attribute: Attribute, choices: Sequence[NewChoice]) -> None:
    """Let an attribute offer these choices in this order; those of a code that is there stay."""
    wanted = {
        _code_of_choice(choice): (choice["label"], choice.get("color", "").upper(), position)
        for position, choice in enumerate(choices)
    }
    _remove_choices(attribute, keep=wanted)
    rows = AttributeChoice.objects.filter(attribute=attribute)
    stored = {choice.code: choice for choice in rows}
    new = [
        AttributeChoice(
            attribute=attribute,
            type=attribute.type,
            code=code,
            label=label,
            color=color,
            position=position,
        )
        for code, (label, color, position) in wanted.items()
        if code not in stored
    ]
    changed = [
        choice
        for choice in stored.values()
        if (choice.label, choice.color, choice.position) != wanted[choice.code]
    ]
    for choice in changed:
        choice.label, choice.color, choice.position = wanted[choice.code]
    AttributeChoice.objects.bulk_update(changed, ["label", "color", "position"])
    AttributeChoice.objects.bulk_create(new)


def _remove_choices(attribute: Attribute, *, keep: Mapping[str, object]) -> None:
    gone = attribute.choices.exclude(code__in=keep).order_by("pk")
    locked = {
        choice.pk: choice.code for choice in gone.select_for_update(no_key=False, of=("self",))
    }
    if not locked:
        return
    used = ProductAttributeValue.objects.filter(choice__in=locked).first()
    if used is not None:
        raise StillInUse(f"Products have the choice {locked[used.choice_id or 0]}.")
    AttributeChoice.objects.filter(pk__in=locked).delete()


def code_of(name: str) -> str:
    """Return the code that a name makes; empty where it has no Latin letter or digit."""
    return slugify(name)[:CODE_LENGTH].strip("-_")


def _code_of_choice(choice: NewChoice) -> str:
    return choice.get("code") or code_of(choice["label"])
