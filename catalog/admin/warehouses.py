from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from catalog.admin.stock_forms import WarehouseForm
from catalog.models import BackInStockRequest, Warehouse
from catalog.services import warehouses
from ecommerce_backend.common.admin import ReadOnlyAdmin
from ecommerce_backend.common.errors import DomainError


@admin.register(Warehouse)
class WarehouseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Where things lie. One that the ledger speaks of is closed, not deleted."""

    form = WarehouseForm
    list_display = ("name", "code", "country", "priority", "is_active", "is_default")
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    ordering = ("priority", "pk")
    actions = None

    def save_model(
        self,
        request: HttpRequest,
        obj: Warehouse,
        form: Any,
        change: bool,  # noqa: FBT001
    ) -> None:
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            warehouses.change_warehouse(warehouse=obj, changes=changes)
        else:
            obj.pk = warehouses.add_warehouse(**form.cleaned_data).pk

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect("admin:catalog_warehouse_change", object_id)

    def delete_model(self, request: HttpRequest, obj: Warehouse) -> None:
        warehouses.delete_warehouse(warehouse=obj)


@admin.register(BackInStockRequest)
class BackInStockRequestAdmin(ReadOnlyAdmin):
    """Who waits for what, first come first."""

    list_display = ("variant", "customer", "email", "created_at", "told_at")
    list_select_related = ("variant", "customer")
    search_fields = ("variant__sku", "customer__email", "email")
    ordering = ("variant", "pk")
