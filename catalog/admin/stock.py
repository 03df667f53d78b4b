from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models import Stock, StockMovement
from catalog.serializers.stock import MOST_UNITS
from catalog.services import stock as stock_service
from ecommerce_backend.common.admin import ReadOnlyAdmin
from users.models import User


class AdjustmentForm(forms.ModelForm[Stock]):
    """A correction after a count, a loss or a find."""

    change = forms.IntegerField(
        min_value=-MOST_UNITS,
        max_value=MOST_UNITS,
        help_text="Units to add; a minus takes them away.",
    )
    reason = forms.CharField(max_length=200, help_text="The ledger keeps it, with your name.")

    class Meta:
        model = Stock
        fields: ClassVar[list[str]] = []

    def clean_change(self) -> int:
        change: int = self.cleaned_data["change"]
        # The row stays locked until the page's transaction ends, so that what is allowed here is
        # still allowed when it is saved.
        (stock,) = Stock.objects.lock([self.instance.pk])
        if change == 0:
            raise ValidationError("Nothing would change.")
        if stock.available + change < 0:
            raise ValidationError(f"Only {stock.available} are not promised to an order.")
        return change


@admin.register(Stock)
class StockAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What there is. Its numbers change by adjustments with a reason, never by typing over them."""

    form = AdjustmentForm
    list_display = ("variant", "product", "on_hand", "allocated", "available", "ledger")
    list_select_related = ("variant__product",)
    list_per_page = 50
    search_fields = ("variant__sku", "variant__barcode", "variant__product__name")
    ordering = ("variant__sku",)
    readonly_fields = ("variant", "product", "on_hand", "allocated", "available", "ledger")
    fieldsets = (
        (None, {"fields": readonly_fields}),
        ("Adjust", {"fields": ("change", "reason")}),
    )

    @admin.display(ordering="variant__product__name")
    def product(self, stock: Stock) -> str:
        return stock.variant.product.name

    @admin.display(description="ledger")
    def ledger(self, stock: Stock) -> SafeString:
        url = reverse("admin:catalog_stockmovement_changelist")
        return format_html('<a href="{}?stock={}">Movements</a>', url, stock.pk)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        may_adjust = self.has_change_permission(request, obj)
        return self.fieldsets if may_adjust else self.fieldsets[:1]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Stock, form: Any, change: bool) -> None:  # noqa: FBT001
        stock_service.adjust(
            variant=obj.variant,
            change=form.cleaned_data["change"],
            reason=form.cleaned_data["reason"],
            actor=cast("User", request.user),
        )


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    """The ledger."""

    list_display = (
        "recorded_at",
        "sku",
        "kind",
        "on_hand_change",
        "allocated_change",
        "reference",
        "reason",
        "actor",
    )
    list_select_related = ("stock__variant", "actor")
    list_filter = ("kind", "recorded_at")
    search_fields = ("stock__variant__sku", "reference", "reason")
    date_hierarchy = "recorded_at"
    ordering = ("-pk",)

    @admin.display(description="SKU", ordering="stock__variant__sku")
    def sku(self, movement: StockMovement) -> str:
        return movement.stock.variant.sku
