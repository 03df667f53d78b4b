from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.admin import cells
from catalog.admin.forms import PriceForm, VariantForm
from catalog.models import Price, ProductVariant
from catalog.services.products import complete
from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action


class PriceInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Price
    form = PriceForm
    extra = 0


class VariantList(ChangeList):
    def get_queryset(self, *args: Any, **kwargs: Any) -> "QuerySet[ProductVariant]":
        rows: QuerySet[ProductVariant] = super().get_queryset(*args, **kwargs)
        return rows.select_related("product", "stock").prefetch_related("prices")


@admin.register(ProductVariant)
class VariantAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The forms products come in. One that orders refer to stays; it can be made inactive."""

    form = VariantForm
    inlines = (PriceInline,)
    list_display = ("sku", "product", "label", "price", "available", "is_active")
    list_filter = ("is_active",)
    list_per_page = 50
    search_fields = ("sku", "barcode", "product__name")
    ordering = ("sku",)
    autocomplete_fields = ("product",)
    readonly_fields = ("available",)

    @admin.display(description="price")
    def price(self, variant: ProductVariant) -> str:
        return cells.price_range([variant])

    @admin.display(description="available of on hand", ordering="stock__on_hand")
    def available(self, variant: ProductVariant) -> str:
        return cells.stock_level(variant)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return VariantList

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Orders and reviews know a variant by its product.
        return (*self.readonly_fields, "product") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        super().save_formset(request, form, formset, change)
        for row in formset.forms:
            if isinstance(row.instance, Price) and row.has_changed():
                audit.record(
                    Action.PRICE_CHANGED,
                    subject=f"sku:{form.instance.sku}"[:128],
                    details={
                        "currency": row.instance.currency,
                        "before": str(row.initial.get("amount") or ""),
                        "after": "" if row in formset.deleted_forms else str(row.instance.amount),
                    },
                )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        complete(form.instance.product)
