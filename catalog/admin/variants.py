from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from catalog.admin import cells
from catalog.admin.forms import PriceForm, VariantForm
from catalog.models import Price, Product, ProductVariant
from catalog.services.products import complete
from catalog.services.variant_removal import VariantInUse, delete_variant, references_to
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
    """The forms products come in. One that anything refers to stays; it can be made inactive."""

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

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # One by one, each with its own reason why not.
        return obj is not None and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say what goes along, by the shop's own rule; what refers to it was asked before."""
        (variant,) = objs
        return [str(variant), "Its prices"], {"variants": 1}, set(), []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        try:
            variant = self.get_object(request, unquote(object_id))
            if variant is not None and (names := list(references_to(variant))):
                raise VariantInUse.by(names)
            return super().delete_view(request, object_id, extra_context)
        except VariantInUse as refusal:  # now, or since the page was made
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect("admin:catalog_productvariant_change", object_id)

    def delete_model(self, request: HttpRequest, obj: ProductVariant) -> None:
        Product.objects.lock(obj.product_id)
        delete_variant(variant=obj)

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
