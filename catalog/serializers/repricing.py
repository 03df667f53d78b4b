"""Changing prices by percent: what staff send and are shown."""

import re
from decimal import Decimal
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Brand, Category
from catalog.serializers.staff_fields import CurrencyField, SlugReference
from catalog.services.repricing import HIGHEST_PERCENT, LOWEST_PERCENT, Rule, Selection
from ecommerce_backend.common.serializers import (
    CountField,
    CurrencyCodeField,
    MoneyField,
    OneLineField,
    StrictSerializer,
)

MOST_SKUS = 1000
SHOWN = 1000
_PERCENT = r"-?[0-9]{1,3}(\.[0-9]{1,2})?"
_ENDING = r"0(\.[0-9]{1,3})?"


class _DecimalString(serializers.DecimalField):
    pattern: ClassVar[str]
    default_error_messages: ClassVar = {"not_a_string": "Send a plain decimal string."}

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not re.fullmatch(self.pattern, data, re.ASCII):
            self.fail("not_a_string")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": f"^{_PERCENT}$"})
class PercentField(_DecimalString):
    pattern = _PERCENT

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_digits=5,
            decimal_places=2,
            min_value=LOWEST_PERCENT,
            max_value=HIGHEST_PERCENT,
            **options,
        )


@extend_schema_field({"type": "string", "pattern": f"^{_ENDING}$"})
class EndingField(_DecimalString):
    pattern = _ENDING

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=4, decimal_places=3, **options)


class ChangePrices(StrictSerializer):
    """Which base prices to change and how; all that is named has to be met."""

    category = SlugReference(
        Category.objects.all(),
        required=False,
        allow_null=True,
        help_text="What is in the categories below it, too.",
    )
    brand = SlugReference(Brand.objects.all(), required=False, allow_null=True)
    skus = serializers.ListField(
        child=OneLineField(max_length=64), min_length=1, max_length=MOST_SKUS, required=False
    )
    currency = CurrencyField(required=False, allow_null=True)
    percent = PercentField(help_text="From -90 to 500.")
    ending = EndingField(
        required=False,
        allow_null=True,
        help_text="What prices are to end with: `0.99`. Without it they are rounded to the least"
        " coin of their currency.",
    )
    keep_as_compare_at = serializers.BooleanField(
        required=False, default=False, help_text="Show the old price beside a lower one."
    )
    dry_run = serializers.BooleanField(help_text="Whether only to show what would be changed.")
    preview = OneLineField(
        required=False, max_length=64, help_text="That of the dry run; needed to change anything."
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if not values["dry_run"] and "preview" not in values:
            raise serializers.ValidationError({"preview": ["Look first."]}, code="required")
        return values

    def selection(self) -> Selection:
        names = ("category", "brand", "skus", "currency")
        return Selection(**{name: self.validated_data.get(name) for name in names})

    def rule(self) -> Rule:
        return Rule(
            percent=self.validated_data["percent"],
            ending=self.validated_data.get("ending"),
            keeps_former=self.validated_data["keep_as_compare_at"],
        )


class PriceChange(serializers.Serializer[Any]):
    sku = serializers.CharField(max_length=64)
    currency = CurrencyCodeField()
    before = MoneyField()
    after = MoneyField()
    compare_at = MoneyField(allow_null=True, help_text="The former price shown from then on.")


class PriceTotal(serializers.Serializer[Any]):
    currency = CurrencyCodeField()
    before = MoneyField(help_text="What one of each costs together.")
    after = MoneyField()


class PriceChanges(serializers.Serializer[Any]):
    """What was changed, or in a dry run would be."""

    dry_run = serializers.BooleanField()
    preview = serializers.CharField(max_length=64)
    count = CountField()
    totals = PriceTotal(many=True)
    changes = PriceChange(many=True, help_text=f"The first {SHOWN:,} by SKU.")
