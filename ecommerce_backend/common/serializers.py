from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from ecommerce_backend.common import money, text

_JSON_TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], type, str], ...] = (
    (serializers.CharField, str, "a string"),
    (serializers.ChoiceField, str, "a string"),
    (serializers.BooleanField, bool, "true or false"),
    (serializers.IntegerField, int, "a whole number"),
)


class StrictSerializer(serializers.Serializer[Any]):
    """What a client sends: every field is named here and has its own JSON type, or is refused.

    REST framework would pass over fields it does not know, and take 5 for "5" or "yes" for true.
    """

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        faults = {**self._unknown(data), **self._of_another_type(data)}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            found: Any = error.detail
            raise serializers.ValidationError({**found, **faults}) from error
        if faults:
            raise serializers.ValidationError(faults)
        return values

    def _unknown(self, given: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
        known = {name for name, field in self.fields.items() if not field.read_only}
        unknown = ErrorDetail("There is no such field.", code="unknown_field")
        return {name: [unknown] for name in given if name not in known}

    def _of_another_type(self, given: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
        return {
            name: [ErrorDetail(f"Send {kind} here.", code="invalid")]
            for name, field in self.fields.items()
            for field_type, json_type, kind in _JSON_TYPES
            if isinstance(field, field_type)
            and given.get(name) is not None
            and type(given[name]) is not json_type
        }


class OpaqueField(serializers.CharField):
    """Text that is compared or looked up as it is: tokens, passwords, codes, SKUs."""


class _WrittenField(serializers.CharField):
    default_error_messages: ClassVar = {
        "unprintable": "Control characters, invisible ones and direction overrides are refused.",
        "too_many_marks": f"A letter has at most {text.MAX_MARKS} accents.",
    }
    is_one_line = True

    def to_internal_value(self, data: Any) -> str:
        written = super().to_internal_value(data)
        if self.max_length is not None and len(written) > self.max_length * text.MAX_EXPANSION:
            self.fail("max_length", max_length=self.max_length)
        if text.hides_something(written, is_one_line=self.is_one_line):
            self.fail("unprintable")
        if text.piles_up_marks(written):
            self.fail("too_many_marks")
        return text.composed(written)


class OneLineField(_WrittenField):
    """A name, a street, a subject: what may stand in a mail's header or in a line of the log."""


class ParagraphsField(_WrittenField):
    """Longer text, with line breaks."""

    is_one_line = False


class EmailAddressField(_WrittenField, serializers.EmailField):
    """An email address without anything that would hide in a mail's header."""


LARGEST_INT32 = 2**31 - 1
_AMOUNT = {
    "type": "string",
    "format": "decimal",
    "pattern": r"^\d{1,15}(\.\d{1,3})?$",
    "examples": ["19.99"],
}


@extend_schema_field(_AMOUNT)
class MoneyField(serializers.Field[Decimal | None, Any, str | None, Any]):
    """An amount shown as a decimal string with exactly the decimals its currency has.

    `currency` is the dotted path from the serialized object to the ISO 4217 code.
    """

    def __init__(self, *, currency: str = "currency", **options: Any) -> None:
        self.currency = currency.split(".")
        super().__init__(**{**options, "read_only": True})

    def get_attribute(self, instance: Any) -> Any:
        amount = super().get_attribute(instance)
        if amount is None:
            return None
        return money.formatted(amount, reduce(_member, self.currency, instance))

    def to_representation(self, value: Any) -> str | None:
        return None if value is None else str(value)


@extend_schema_field(_AMOUNT)
class WrittenAmountField(serializers.CharField):
    """An amount that is kept as the decimal string it is shown as."""


@extend_schema_field(
    {"type": "string", "format": "decimal", "pattern": r"^\d{1,3}(\.\d{1,3})?$", "examples": ["20"]}
)
class PercentField(serializers.CharField):
    """A rate that is kept as the decimal string it is shown as."""


@extend_schema_field({"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["USD"]})
class CurrencyCodeField(serializers.CharField):
    """ISO 4217, in an answer."""


class CountField(serializers.IntegerField):
    """How many there are, in an answer."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST_INT32, **options})


def _member(owner: Any, name: str) -> Any:
    return owner[name] if isinstance(owner, dict) else getattr(owner, name)
