"""What staff type about stock."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib.admin.widgets import (
    AdminDateWidget,
    AdminIntegerFieldWidget,
    AdminTextInputWidget,
)
from django.core.exceptions import ValidationError

from catalog.models import Stock, Warehouse
from catalog.serializers.stock import MOST_UNITS
from catalog.services.stock.holdings import lock


class WarehouseChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the warehouses, whichever sends first at the top."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Warehouse.objects.by_priority(), **options)

    def to_python(self, value: Any) -> Warehouse | None:
        """Look it up as a list: a form with two of them would pass for a loop of queries."""
        if value in self.empty_values:
            return None
        known: dict[str, Warehouse] = {str(one.pk): one for one in Warehouse.objects.by_priority()}
        if str(value) not in known:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return known[str(value)]


def _units(least: int = 0, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=least, max_value=MOST_UNITS, widget=AdminIntegerFieldWidget, **options
    )


def _reason() -> forms.CharField:
    return forms.CharField(
        max_length=200,
        widget=AdminTextInputWidget,
        help_text="The ledger keeps it, with your name.",
    )


class AdjustmentForm(forms.ModelForm[Stock]):
    """A correction after a loss or a find."""

    warehouse = WarehouseChoice(required=False, empty_label="The default one")
    change = _units(-MOST_UNITS, help_text="Units to add; a minus takes them away.")
    reason = _reason()

    class Meta:
        model = Stock
        fields: ClassVar[list[str]] = []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["warehouse"] = cleaned.get("warehouse") or Warehouse.objects.default()
        if "change" in cleaned:
            self._check(cleaned["change"], cleaned["warehouse"])
        return cleaned

    def _check(self, change: int, warehouse: Warehouse) -> None:
        # The row stays locked until the page's transaction ends, so that what is allowed here is
        # still allowed when it is saved.
        (holding,) = lock([self.instance.pk])
        free = holding.level(warehouse).free
        if change == 0:
            self.add_error("change", "Nothing would change.")
        elif free + change < 0:
            self.add_error("change", f"Only {free} are not promised to an order.")


class CountForm(forms.Form):
    warehouse = WarehouseChoice()
    counted = _units(help_text="Units that lie there, those promised to orders included.")
    reason = _reason()

    def __init__(self, *args: Any, stock: Stock, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["warehouse"].initial = Warehouse.objects.default()


class TransferForm(forms.Form):
    source = WarehouseChoice(label="From")
    target = WarehouseChoice(label="To")
    quantity = _units(1)
    reason = _reason()

    def __init__(self, *args: Any, stock: Stock, **options: Any) -> None:
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("source") and cleaned["source"] == cleaned.get("target"):
            raise ValidationError("Choose two warehouses.")
        return cleaned


class TermsForm(forms.Form):
    policy = forms.ChoiceField(choices=Stock.Policy.choices, label="When nothing is left")
    backorder_limit = _units(
        label="Limit", help_text="Units that may be promised beyond those on hand."
    )
    expected_on = forms.DateField(
        required=False,
        widget=AdminDateWidget,
        help_text="When more will be there. A pre-order needs it.",
    )
    low_stock_threshold = _units(
        required=False, label="Low at", help_text="So few units are told of; the shop's if empty."
    )

    def __init__(self, *args: Any, stock: Stock, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {name: getattr(stock, name) for name in self.base_fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("policy") == Stock.Policy.PREORDER and not cleaned.get("expected_on"):
            self.add_error("expected_on", "Say when it will be there.")
        return cleaned


class SafetyStockForm(forms.Form):
    warehouse = WarehouseChoice()
    units = _units(label="Keep back", help_text="Units that are not for sale.")

    def __init__(self, *args: Any, stock: Stock, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["warehouse"].initial = Warehouse.objects.default()


class WarehouseForm(forms.ModelForm[Warehouse]):
    class Meta:
        model = Warehouse
        fields: ClassVar = [
            "code",
            "name",
            "address",
            "country",
            "priority",
            "is_active",
            "is_default",
        ]

    def clean_country(self) -> str:
        return cast("str", self.cleaned_data["country"]).upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        was_default = Warehouse.objects.filter(pk=self.instance.pk, is_default=True).exists()
        if was_default and not cleaned.get("is_default"):
            self.add_error("is_default", "Make another warehouse the default instead.")
        elif cleaned.get("is_default") and not cleaned.get("is_active"):
            self.add_error("is_active", "Deliveries arrive in the default one; it stays active.")
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the one default to the service, which takes it from the one before."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return {*excluded, "is_default"}
