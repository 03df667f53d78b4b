from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from cart.models import Cart, CartLine
from ecommerce_backend.common.admin import ReadOnlyAdmin, ReadOnlyInline


class CartLineInline(ReadOnlyInline):
    model = CartLine
    fields = ("variant", "quantity", "seen_price", "updated_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[CartLine]:
        return super().get_queryset(request).select_related("variant").order_by("pk")


class GuestFilter(admin.SimpleListFilter):
    title = "whose"
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("customer", "Customers"), ("guest", "Guests")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Cart]) -> QuerySet[Cart]:
        if self.value() is None:
            return queryset
        return queryset.filter(customer__isnull=self.value() == "guest")


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "currency", "line_count", "created_at", "updated_at")
    list_filter = (GuestFilter, "currency", "updated_at")
    list_select_related = ("customer",)
    search_fields = ("customer__email",)
    ordering = ("-updated_at",)
    fields = ("owner", "currency", "version", "created_at", "updated_at")
    inlines = (CartLineInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cart]:
        carts: QuerySet[Cart] = super().get_queryset(request)
        return carts.annotate(line_count=Count("lines"))

    @admin.display(ordering="customer__email")
    def owner(self, cart: Cart) -> str:
        return cart.customer.email if cart.customer else "a guest"

    @admin.display(description="Lines", ordering="line_count")
    def line_count(self, cart: Cart) -> int:
        return int(cart.line_count)  # type: ignore[attr-defined]
