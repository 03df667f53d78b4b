"""Price lists: what staff send and are shown."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import PriceList, PriceListEntry
from catalog.models.showing import NAME_LENGTH
from catalog.serializers.staff_fields import CurrencyField, PriceField
from catalog.services.price_lists import MOST_ENTRIES, ListEntry
from ecommerce_backend.common.serializers import (
    CountField,
    CurrencyCodeField,
    MoneyField,
    OneLineField,
    StrictSerializer,
)
from users.models import CustomerGroup

MOST_UNITS = 999_999


@extend_schema_field({"type": "string", "maxLength": 64, "pattern": "^[-a-zA-Z0-9_]+$"})
class GroupReference(serializers.SlugRelatedField[CustomerGroup]):
    """A customer group by its code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="code", queryset=CustomerGroup.objects.all(), **options)

    def to_internal_value(self, data: Any) -> CustomerGroup:
        if not isinstance(data, str) or "\x00" in data:
            self.fail("invalid")
        return super().to_internal_value(data)


class WritePriceList(StrictSerializer):
    """A price list as staff mean it to be."""

    name = OneLineField(max_length=NAME_LENGTH)
    customer_group = GroupReference(
        required=False, allow_null=True, help_text="Code of a group; null: everybody."
    )
    starts_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Not charged before."
    )
    ends_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Not charged from then on."
    )
    is_active = serializers.BooleanField(required=False)


class StaffPriceList(serializers.ModelSerializer[PriceList]):
    """A price list as staff see and change it."""

    customer_group = serializers.SlugField(
        source="customer_group.code", max_length=64, allow_null=True, default=None
    )
    entry_count = CountField()

    class Meta:
        model = PriceList
        fields: ClassVar = [
            "id",
            "name",
            "customer_group",
            "starts_at",
            "ends_at",
            "is_active",
            "entry_count",
            "created_at",
        ]


class ListPrice(serializers.ModelSerializer[PriceListEntry]):
    """A price by a list. Amounts are before tax, in major units, of each unit."""

    sku = serializers.CharField(source="variant.sku", max_length=64)
    currency = CurrencyCodeField()
    min_quantity = CountField(min_value=1)
    amount = MoneyField()

    class Meta:
        model = PriceListEntry
        fields: ClassVar = ["sku", "currency", "min_quantity", "amount"]


class PutListPrice(StrictSerializer):
    sku = OneLineField(max_length=64)
    currency = CurrencyField()
    min_quantity = serializers.IntegerField(
        min_value=1, max_value=MOST_UNITS, required=False, default=1
    )
    amount = PriceField(allow_null=True, help_text="null takes it off the list.")


class PutListPrices(StrictSerializer):
    """Prices that a list is to hold; those that are not named stay."""

    entries = serializers.ListField(child=PutListPrice(), min_length=1, max_length=MOST_ENTRIES)

    def validate_entries(self, rows: list[dict[str, Any]]) -> list[ListEntry]:
        return [ListEntry(**row) for row in rows]


class ListPricesPut(serializers.Serializer[Any]):
    changed = CountField(help_text="Prices that were not so before.")
