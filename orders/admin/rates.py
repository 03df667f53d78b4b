from django.contrib import admin

from orders.models import ShippingMethod, ShippingRate, TaxRate


class ShippingRateInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ShippingRate
    extra = 0
    ordering = ("country", "currency")


@admin.register(ShippingMethod)
class ShippingMethodAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "code", "position", "is_active")
    list_editable = ("position", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    ordering = ("position", "code")
    prepopulated_fields = {"code": ("name",)}  # noqa: RUF012 (as Django declares it)
    inlines = (ShippingRateInline,)


@admin.register(TaxRate)
class TaxRateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("country", "name", "percent")
    search_fields = ("country", "name")
    ordering = ("country",)
