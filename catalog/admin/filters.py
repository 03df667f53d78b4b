from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from catalog.models import Product, Stock, WarehouseStock


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


class ShortageFilter(admin.SimpleListFilter):
    """What wants to be ordered: little or nothing for sale, or sold ahead of a delivery."""

    title = "what is left"
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("little", "Little"), ("nothing", "Nothing"), ("owed", "Sold ahead")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Stock]") -> "QuerySet[Stock]":
        match self.value():
            case "little":
                threshold = Coalesce("low_stock_threshold", Value(settings.LOW_STOCK_THRESHOLD))
                return queryset.filter(sellable__lte=threshold)
            case "nothing":
                return queryset.filter(sellable=0)
            case "owed":
                owing = WarehouseStock.objects.filter(allocated__gt=F("on_hand"))
                return queryset.filter(pk__in=owing.values("stock"))
            case _:
                return queryset
