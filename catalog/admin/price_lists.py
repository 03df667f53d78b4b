from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models import PriceList, PriceListEntry
from catalog.services.price_lists import PriceWindowInvalid, require_window
from catalog.services.prices import PriceInvalid, check_price
from ecommerce_backend.common import money


class PriceListForm(forms.ModelForm[PriceList]):
    class Meta:
        model = PriceList
        fields: ClassVar = ["name", "customer_group", "starts_at", "ends_at", "is_active"]
        field_classes: ClassVar = {
            "starts_at": forms.SplitDateTimeField,
            "ends_at": forms.SplitDateTimeField,
        }
        widgets: ClassVar = {"starts_at": AdminSplitDateTime(), "ends_at": AdminSplitDateTime()}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        try:
            require_window(self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at"))
        except PriceWindowInvalid as refusal:
            self.add_error("ends_at", str(refusal))
        return cleaned


class EntryForm(forms.ModelForm[PriceListEntry]):
    class Meta:
        model = PriceListEntry
        fields: ClassVar = ["price_list", "variant", "currency", "min_quantity", "amount"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        typed = self.cleaned_data
        if typed.get("currency") and typed.get("amount") is not None:
            try:
                check_price(currency=typed["currency"], amount=typed["amount"], compare_at=None)
            except PriceInvalid as refusal:
                self.add_error("amount", str(refusal))
        if typed.get("min_quantity") == 0:
            self.add_error("min_quantity", "A price holds from one unit on at the least.")
        return cleaned


class PriceListList(ChangeList):
    def get_queryset(self, *args: Any, **kwargs: Any) -> "QuerySet[PriceList]":
        rows: QuerySet[PriceList] = super().get_queryset(*args, **kwargs)
        return rows.select_related("customer_group").annotate(size=Count("entries"))


@admin.register(PriceList)
class PriceListAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Prices for a time, for a group, from a quantity on. The lowest that holds is charged."""

    form = PriceListForm
    list_display = (
        "name",
        "whose",
        "starts_at",
        "ends_at",
        "is_active",
        "is_open",
        "size",
    )
    list_filter = ("is_active", "customer_group")
    search_fields = ("name",)
    ordering = ("name", "pk")
    autocomplete_fields = ("customer_group",)
    readonly_fields = ("prices",)

    @admin.display(description="for", ordering="customer_group__name")
    def whose(self, price_list: PriceList) -> str:
        group = price_list.customer_group
        return "everybody" if group is None else group.name

    @admin.display(description="open now", boolean=True)
    def is_open(self, price_list: PriceList) -> bool:
        return price_list.is_open_at(timezone.now())

    @admin.display(description="prices", ordering="size")
    def size(self, price_list: Any) -> int:
        return int(price_list.size)

    @admin.display(description="prices")
    def prices(self, price_list: PriceList) -> SafeString | str:
        if not price_list.pk:
            return "Save the list first."
        address = reverse("admin:catalog_pricelistentry_changelist")
        return format_html(
            '<a href="{}?price_list__id__exact={}">{} prices</a>',
            address,
            price_list.pk,
            price_list.entries.count(),
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PriceListList


@admin.register(PriceListEntry)
class PriceListEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = EntryForm
    list_display = ("variant", "price_list", "min_quantity", "price")
    list_filter = ("price_list",)
    list_select_related = ("variant", "price_list")
    list_per_page = 50
    search_fields = ("variant__sku",)
    ordering = ("variant__sku", "currency", "min_quantity")
    autocomplete_fields = ("price_list", "variant")

    @admin.display(description="price of each", ordering="amount")
    def price(self, entry: PriceListEntry) -> str:
        return f"{money.formatted(entry.amount, entry.currency)} {entry.currency}"
