from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.filters import ShortageFilter
from catalog.admin.stock_acts import ACTS
from catalog.admin.stock_forms import AdjustmentForm
from catalog.models import Stock, StockMovement
from catalog.services import stock as stock_service
from ecommerce_backend.common.admin import ReadOnlyAdmin
from ecommerce_backend.common.errors import DomainError
from users.models import User

_LATEST = 10  # movements on the page of a SKU


@admin.register(Stock)
class StockAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What there is. Its numbers change by bookings with a reason, never by typing over them."""

    form = AdjustmentForm
    change_form_template = "catalog/admin/stock.html"
    list_display = (
        "variant",
        "product",
        "on_hand",
        "allocated",
        "available",
        "how_it_is_sold",
        "ledger",
    )
    list_select_related = ("variant__product",)
    list_filter = (ShortageFilter, "policy")
    list_per_page = 50
    search_fields = ("variant__sku", "variant__barcode", "variant__product__name")
    ordering = ("variant__sku",)
    readonly_fields = (
        "variant",
        "product",
        "on_hand",
        "allocated",
        "available",
        "how_it_is_sold",
        "warehouses",
        "latest_movements",
    )
    fieldsets = (
        (None, {"fields": readonly_fields}),
        ("Adjust", {"fields": ("warehouse", "change", "reason")}),
    )

    @admin.display(ordering="variant__product__name")
    def product(self, stock: Stock) -> str:
        return stock.variant.product.name

    @admin.display(description="sold")
    def how_it_is_sold(self, stock: Stock) -> str:
        if stock.expected_on and not stock.sellable:
            return f"{stock.availability.label}, expected {stock.expected_on}"
        return str(stock.availability.label)

    @admin.display(description="ledger")
    def ledger(self, stock: Stock) -> SafeString:
        url = reverse("admin:catalog_stockmovement_changelist")
        return format_html('<a href="{}?stock={}">Movements</a>', url, stock.pk)

    @admin.display(description="warehouses")
    def warehouses(self, stock: Stock) -> SafeString:
        levels = stock.levels.select_related("warehouse")
        by_priority = levels.order_by("warehouse__priority", "warehouse_id")
        return _table("catalog/admin/levels.html", levels=by_priority)

    @admin.display(description="latest movements")
    def latest_movements(self, stock: Stock) -> SafeString:
        rows = stock.movements.select_related("warehouse", "actor").order_by("-pk")[:_LATEST]
        return _table("catalog/admin/movements.html", movements=rows, all=self.ledger(stock))

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Stock]":
        rows: QuerySet[Stock] = super().get_queryset(request)
        return rows.select_related("variant__product")

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
            warehouse=form.cleaned_data["warehouse"],
            change=form.cleaned_data["change"],
            reason=form.cleaned_data["reason"],
            actor=cast("User", request.user),
        )

    def get_urls(self) -> list[URLPattern]:
        act = path(
            "<path:object_id>/act/<slug:name>/",
            self.admin_site.admin_view(self.act_view),
            name="catalog_stock_act",
        )
        return [act, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        acts = ACTS.values() if self.has_change_permission(request) else []
        context = {**(extra_context or {}), "acts": acts, "show_save_and_continue": False}
        return super().change_view(request, object_id, form_url, context)

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Ask for what an act needs, and on POST do it."""
        stock = self.get_object(request, object_id)
        if name not in ACTS or stock is None:
            raise Http404
        if not self.has_change_permission(request, stock):
            raise PermissionDenied
        act = ACTS[name]
        form = act.form(request.POST or None, stock=stock)
        if request.method == "POST" and form.is_valid():
            try:
                act.run(stock, actor=request.user, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, _in_words(refusal))
            else:
                self.log_change(request, stock, act.label)
                self.message_user(request, f"{act.label}: {stock.variant} done.", messages.SUCCESS)
                return redirect("admin:catalog_stock_change", stock.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{act.label}: {stock.variant}",
            "opts": self.opts,
            "stock": stock,
            "act": act,
            "form": form,
            "levels": self.warehouses(stock),
        }
        return TemplateResponse(request, "catalog/admin/stock_act.html", context)


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    """The ledger."""

    list_display = (
        "recorded_at",
        "sku",
        "warehouse",
        "kind",
        "on_hand_change",
        "allocated_change",
        "reference",
        "reason",
        "actor",
    )
    list_select_related = ("stock__variant", "warehouse", "actor")
    list_filter = ("kind", "warehouse", "recorded_at")
    search_fields = ("stock__variant__sku", "reference", "reason")
    date_hierarchy = "recorded_at"
    ordering = ("-pk",)

    @admin.display(description="SKU", ordering="stock__variant__sku")
    def sku(self, movement: StockMovement) -> str:
        return movement.stock.variant.sku


def _table(template: str, **context: Any) -> SafeString:
    return render_to_string(template, context)


def _in_words(refusal: DomainError) -> str:
    """Say what was refused, and of how many units it would not have been."""
    available = refusal.extra.get("available")
    if isinstance(available, dict):
        available = next(iter(available.values()), None)
    return f"{refusal}" if available is None else f"{refusal} Free: {available}."
