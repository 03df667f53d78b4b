from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from catalog.models import Product, Stock


class AvailabilityFilter(admin.SimpleListFilter):
    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("in", "In stock"), ("out", "Out of stock")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Product]") -> "QuerySet[Product]":
        has_stock = Exists(
            Stock.objects.filter(
                variant__product=OuterRef("pk"),
                variant__is_active=True,
                sellable__gt=0,
            )
        )
        match self.value():
            case "in":
                return queryset.filter(has_stock)
            case "out":
                return queryset.filter(~has_stock)
            case _:
                return queryset
