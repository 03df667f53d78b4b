from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog.models import Brand
from catalog.services.products import refresh_brand


@admin.register(Brand)
class BrandAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    ordering = ("name", "pk")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012

    def save_model(self, request: HttpRequest, obj: Brand, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            refresh_brand(obj)
