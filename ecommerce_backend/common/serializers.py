from decimal import Decimal
from functools import reduce
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ecommerce_backend.common import money


@extend_schema_field({"type": "string", "format": "decimal", "examples": ["19.99"]})
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


class WholeNumberField(serializers.IntegerField):
    """A JSON number without a fraction; not true, not "5", and not "５", which int() would take."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


def _member(owner: Any, name: str) -> Any:
    return owner[name] if isinstance(owner, dict) else getattr(owner, name)
