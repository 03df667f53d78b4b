"""Fields of a product's page for what is said of it, one for each attribute that is for it."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget

from catalog.admin.cells import swatch
from catalog.models import AttributeChoice, Product
from catalog.models.attributes import (
    NUMBER_DIGITS,
    NUMBER_PLACES,
    OF_CHOICES,
    TEXT_LENGTH,
    AttributeType,
)
from catalog.services.attributes.definitions import Definition, Definitions, load
from catalog.services.attributes.reading import Unfit, Value, read
from catalog.services.attributes.values import held_by, plain_number, write_values

PREFIX = "attribute:"


class AttributeFields:
    """What can be said of a product: of a new one only what can be said of all."""

    def __init__(self, product: Product | None) -> None:
        self.definitions: Definitions = load()
        self.held: Mapping[int, Value] = {}
        path = None
        if product is not None and self.definitions.by_id:
            self.held = held_by([product.pk]).get(product.pk, {})
            path = product.category.path if product.category else None
        self._shown = [
            each
            for each in self.definitions.by_id.values()
            if each.holds_on(path) or each.pk in self.held
        ]

    @cached_property
    def fields(self) -> dict[str, forms.Field]:
        """Return a form's fields by name, in the order of the attributes; one query at most."""
        offered = self._offered()
        return {
            f"{PREFIX}{each.code}": _field(each, offered.get(each.pk, []), self.held.get(each.pk))
            for each in self._shown
        }

    def _offered(self) -> dict[int, list[AttributeChoice]]:
        offered: dict[int, list[AttributeChoice]] = {}
        ids = [each.pk for each in self._shown if each.type in OF_CHOICES]
        if ids:
            rows = AttributeChoice.objects.filter(attribute__in=ids)
            for choice in rows.order_by("position", "pk"):
                offered.setdefault(choice.attribute_id, []).append(choice)
        return offered

    def read(self, cleaned: Mapping[str, Any]) -> dict[int, Value]:
        """Return the values that were typed, by the ids of attributes.

        Raises ValidationError, with a message for each field that is wrong.
        """
        values: dict[int, Value] = {}
        wrong: dict[str, str] = {}
        for definition, name, typed in self._typed(cleaned):
            if definition.type in OF_CHOICES:
                value: Value | None = frozenset(map(int, typed)) if typed else None
            elif definition.type == AttributeType.TEXT:
                try:
                    value = read(definition, typed)
                except Unfit as unfit:
                    wrong[name] = f"This {unfit.reason}."
                    continue
            else:
                value = typed
            if value is not None:
                values[definition.pk] = value
        if wrong:
            raise forms.ValidationError(wrong)
        return values

    def _typed(self, cleaned: Mapping[str, Any]) -> Iterator[tuple[Definition, str, Any]]:
        for definition in self._shown:
            name = f"{PREFIX}{definition.code}"
            if name in cleaned:
                yield definition, name, cleaned[name]

    def write(self, product: Product, values: Mapping[int, Value]) -> None:
        """Let a product have these values and no others."""
        Product.objects.lock(product.pk)
        write_values({product.pk: values}, definitions=self.definitions)


def _field(
    definition: Definition, offered: list[AttributeChoice], held: Value | None
) -> forms.Field:
    label = f"{definition.name} ({definition.unit})" if definition.unit else definition.name
    usual: dict[str, Any] = {"label": label, "required": False}
    match definition.type:
        case AttributeType.TEXT:
            return forms.CharField(
                **usual, max_length=TEXT_LENGTH, widget=AdminTextInputWidget, initial=held
            )
        case AttributeType.NUMBER:
            return forms.DecimalField(
                **usual,
                max_digits=NUMBER_DIGITS,
                decimal_places=NUMBER_PLACES,
                initial=None if held is None else plain_number(held),  # type: ignore[arg-type]
                widget=forms.TextInput(attrs={"size": 16, "inputmode": "decimal"}),
            )
        case AttributeType.BOOLEAN:
            return forms.TypedChoiceField(
                **usual,
                choices=[("", "–"), ("True", "Yes"), ("False", "No")],
                coerce=lambda word: word == "True",
                empty_value=None,
                initial=held,
            )
        case _:
            return forms.MultipleChoiceField(
                **usual,
                choices=[(choice.pk, swatch(choice)) for choice in offered],
                widget=forms.CheckboxSelectMultiple(attrs={"class": "attribute-choices"}),
                initial=sorted(held) if isinstance(held, frozenset) else [],
            )
