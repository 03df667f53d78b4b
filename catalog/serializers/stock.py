"""What staff send about stock and warehouses, and what they are shown."""

from datetime import date
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from catalog.models import ProductVariant, Stock, StockMovement, Warehouse, WarehouseStock
from ecommerce_backend.common.serializers import (
    CountField,
    OneLineField,
    OpaqueField,
    StrictSerializer,
)
from users.countries import is_country

MOST_UNITS = 1_000_000  # in one booking
MOST_SKUS = 100  # in one transfer
CODE_LENGTH = 32


class WarehouseField(serializers.RegexField):
    """A warehouse by its code."""

    default_error_messages: ClassVar = {"unknown": "There is no such warehouse."}

    def __init__(self, **options: Any) -> None:
        super().__init__(r"\A[-a-zA-Z0-9_]+\Z", max_length=CODE_LENGTH, **options)

    def to_internal_value(self, data: Any) -> Any:
        code = super().to_internal_value(data)
        found = Warehouse.objects.filter(code=code).first()
        if found is None:
            self.fail("unknown")
        return found

    def run_validators(self, value: Any) -> None:
        super().run_validators(getattr(value, "code", value))


class _AtWarehouse(StrictSerializer):
    warehouse = WarehouseField(required=False, help_text="Its code; the default one without.")
    reason = OneLineField(max_length=200)


class WarehouseLevel(serializers.ModelSerializer[WarehouseStock]):
    """What lies in one warehouse."""

    warehouse = serializers.SlugField(source="warehouse.code", max_length=CODE_LENGTH)
    available = CountField(source="sellable", help_text="Units that lie there and may be promised.")

    class Meta:
        model = WarehouseStock
        fields: ClassVar = ["warehouse", "on_hand", "allocated", "safety_stock", "available"]


class StockLevel(serializers.ModelSerializer[Stock]):
    """A SKU over all warehouses, and in each."""

    sku = serializers.CharField(source="variant.sku")
    product = serializers.CharField(source="variant.product.name")
    available = CountField(help_text="Units that can be ordered now, in stock or ahead of it.")
    availability = serializers.ChoiceField(Stock.Availability.choices)
    warehouses = WarehouseLevel(many=True, source="levels")

    class Meta:
        model = Stock
        fields: ClassVar = [
            "sku",
            "product",
            "on_hand",
            "allocated",
            "available",
            "availability",
            "policy",
            "backorder_limit",
            "expected_on",
            "low_stock_threshold",
            "warehouses",
        ]


@extend_schema_field({"type": "integer", "not": {"const": 0}})
class UnitsOfChange(serializers.IntegerField):
    pass


class AdjustStock(_AtWarehouse):
    change = UnitsOfChange(
        min_value=-MOST_UNITS, max_value=MOST_UNITS, help_text="Units; not zero."
    )

    def validate_change(self, change: int) -> int:
        if change == 0:
            raise serializers.ValidationError("Nothing would change.", code="zero")
        return change


class CountStock(_AtWarehouse):
    counted = serializers.IntegerField(
        min_value=0,
        max_value=MOST_UNITS,
        help_text="Units that lie there, those promised to orders included.",
    )


_UNKNOWN_SKU = ErrorDetail("There is no such SKU.", code="unknown")


class TransferLine(StrictSerializer):
    sku = OpaqueField(max_length=64)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)


class TransferStock(StrictSerializer):
    source = WarehouseField(help_text="Code of the warehouse that gives.")  # type: ignore[assignment]
    target = WarehouseField(help_text="Code of the warehouse that gets.")
    lines = TransferLine(  # type: ignore[call-arg]
        many=True, min_length=1, max_length=MOST_SKUS
    )
    reason = OneLineField(max_length=200)

    def validate_lines(self, lines: list[dict[str, Any]]) -> dict[int, int]:
        """Return units by variant id; the same SKU in two lines is the sum of both."""
        units: dict[str, int] = {}
        for line in lines:
            units[line["sku"]] = units.get(line["sku"], 0) + line["quantity"]
        found = dict(ProductVariant.objects.filter(sku__in=units).values_list("sku", "pk"))
        faults = [{} if line["sku"] in found else {"sku": [_UNKNOWN_SKU]} for line in lines]
        if any(faults):
            raise serializers.ValidationError(faults)
        return {found[sku]: quantity for sku, quantity in units.items()}

    def validate(self, transfer: dict[str, Any]) -> dict[str, Any]:
        if transfer["source"] == transfer["target"]:
            raise serializers.ValidationError({"target": "Name another warehouse than the source."})
        return transfer


class StockTerms(StrictSerializer):
    """On what terms a SKU is sold when nothing is left."""

    policy = serializers.ChoiceField(Stock.Policy.choices)
    backorder_limit = serializers.IntegerField(
        min_value=0, max_value=MOST_UNITS, help_text="Units that may be promised ahead, in all."
    )
    expected_on = serializers.DateField(
        allow_null=True, help_text="When more will be there; a pre-order needs it."
    )
    low_stock_threshold = serializers.IntegerField(
        min_value=0,
        max_value=MOST_UNITS,
        allow_null=True,
        help_text="null: that of the shop.",
    )

    def validate_policy(self, policy: str) -> Stock.Policy:
        return Stock.Policy(policy)

    def validate(self, terms: dict[str, Any]) -> dict[str, Any]:
        day: date | None = terms["expected_on"]
        if terms["policy"] == Stock.Policy.PREORDER and day is None:
            raise serializers.ValidationError({"expected_on": "Say when it will be there."})
        return terms


class SafetyStock(StrictSerializer):
    warehouse = WarehouseField(help_text="Its code.")
    units = serializers.IntegerField(
        min_value=0, max_value=MOST_UNITS, help_text="Units that are kept back from sale."
    )


class WriteWarehouse(StrictSerializer):
    code = serializers.SlugField(max_length=CODE_LENGTH)
    name = OneLineField(max_length=120)
    address = OneLineField(max_length=300, required=False, allow_blank=True)
    country = serializers.RegexField(
        r"\A([A-Z]{2})?\Z", max_length=2, required=False, allow_blank=True, help_text="ISO 3166."
    )
    priority = serializers.IntegerField(
        min_value=0, max_value=32767, required=False, help_text="The lowest sends first."
    )
    is_active = serializers.BooleanField(
        required=False, help_text="What lies in an inactive one is not for sale."
    )
    is_default = serializers.BooleanField(
        required=False, help_text="Deliveries arrive here; true takes it from the one before."
    )

    def validate_country(self, code: str) -> str:
        if code and not is_country(code):
            raise serializers.ValidationError("Use an ISO 3166 code such as DE.", "unknown_country")
        return code


class WarehouseSerializer(serializers.ModelSerializer[Warehouse]):
    class Meta:
        model = Warehouse
        fields: ClassVar = [
            "id",
            "code",
            "name",
            "address",
            "country",
            "priority",
            "is_active",
            "is_default",
        ]


class Movement(serializers.ModelSerializer[StockMovement]):
    warehouse = serializers.SlugField(source="warehouse.code", max_length=32)
    actor = serializers.EmailField(source="actor.email", default=None, allow_null=True)

    class Meta:
        model = StockMovement
        fields: ClassVar = [
            "id",
            "warehouse",
            "kind",
            "on_hand_change",
            "allocated_change",
            "reference",
            "reason",
            "actor",
            "recorded_at",
        ]
