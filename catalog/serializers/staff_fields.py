"""Fields of what staff send about the catalogue."""

import re
from decimal import Decimal
from typing import Any, ClassVar

import orjson
from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models.showing import NAME_LENGTH
from ecommerce_backend.common.money import is_currency
from ecommerce_backend.common.serializers import OneLineField

FACTS_BYTES = 64 * 1024
OPTION_LENGTH = 64
MOST_OPTIONS = 10
# Decimal() would read "1_0", "1e1" and "１０" as well.
_PLAIN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")


@extend_schema_field({"type": "string", "maxLength": NAME_LENGTH, "pattern": "^[-a-zA-Z0-9_]+$"})
class SlugReference(serializers.SlugRelatedField[Model]):
    """Something of the shop that is named by its slug."""

    def __init__(self, queryset: QuerySet[Any], **options: Any) -> None:
        self.rows = queryset
        super().__init__(slug_field="slug", queryset=queryset, **options)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        found = self.rows.filter(slug=data).first()
        if found is None:
            self.fail("does_not_exist", slug_name="slug", value=data[:NAME_LENGTH])
        return found


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "string", "minLength": 1, "maxLength": OPTION_LENGTH},
        "maxItems": MOST_OPTIONS,
        "uniqueItems": True,
    }
)
class OptionNamesField(serializers.ListField):
    def __init__(self, **options: Any) -> None:
        child = OneLineField(max_length=OPTION_LENGTH)
        super().__init__(child=child, max_length=MOST_OPTIONS, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        names: list[str] = super().to_internal_value(data)
        if len(set(names)) < len(names):
            raise serializers.ValidationError("Name each option once.", code="repeated")
        return names


class PriceField(serializers.DecimalField):
    """A price as a decimal string: a JSON number may not be exact."""

    default_error_messages: ClassVar = {
        "not_a_string": 'Send the price as a plain decimal string, such as "19.99".'
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=12, decimal_places=3, min_value=Decimal(0), **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not _PLAIN.fullmatch(data):
            self.fail("not_a_string")
        return super().to_internal_value(data)


class CurrencyField(serializers.RegexField):
    def __init__(self, **options: Any) -> None:
        super().__init__(r"\A[A-Z]{3}\Z", max_length=3, **options)

    def to_internal_value(self, data: Any) -> Any:
        code = super().to_internal_value(data)
        if not is_currency(code):
            raise serializers.ValidationError("Use an ISO 4217 code such as USD.", code="invalid")
        return code


class FactsField(serializers.DictField):
    """Facts by name; a value may be any JSON."""

    def to_internal_value(self, data: Any) -> Any:
        facts = super().to_internal_value(data)
        if len(orjson.dumps(facts)) > FACTS_BYTES:
            raise serializers.ValidationError(
                f"Facts take {FACTS_BYTES // 1024} kB at most.", code="too_large"
            )
        return facts
