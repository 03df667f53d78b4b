"""The page between choosing products and changing their prices by percent."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from catalog.models import Price, Product
from catalog.services.repricing import (
    HIGHEST_PERCENT,
    LOWEST_PERCENT,
    Preview,
    Rule,
    Selection,
    change_prices,
    preview,
)
from ecommerce_backend.common import money
from ecommerce_backend.common.errors import DomainError

SHOWN = 200
ENDINGS = [
    ("", "to the least coin"),
    ("0.99", "to the nearest …99"),
    ("0.95", "to the nearest …95"),
    ("0.5", "to the nearest half"),
    ("0", "to the nearest whole"),
]


class RepricingForm(forms.Form):
    percent = forms.DecimalField(
        min_value=LOWEST_PERCENT,
        max_value=HIGHEST_PERCENT,
        max_digits=5,
        decimal_places=2,
        help_text="-10 makes everything a tenth cheaper.",
    )
    ending = forms.TypedChoiceField(
        label="Round",
        choices=ENDINGS,
        required=False,
        coerce=Decimal,
        empty_value=None,
    )
    currency = forms.ChoiceField(required=False)
    keep_as_compare_at = forms.BooleanField(
        required=False, label="Show the old price beside a lower one"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Price.objects.order_by("currency").values_list("currency", flat=True).distinct()
        field: forms.ChoiceField = self.fields["currency"]  # type: ignore[assignment]
        field.choices = [("", "all"), *((code, code) for code in codes)]

    def rule(self) -> Rule:
        return Rule(
            percent=self.cleaned_data["percent"],
            ending=self.cleaned_data["ending"],
            keeps_former=self.cleaned_data["keep_as_compare_at"],
        )


class ChangesPrices(admin.ModelAdmin):  # type: ignore[type-arg]
    @admin.action(description="Change prices by percent…", permissions=["change_price"])
    def change_prices(
        self, request: HttpRequest, queryset: "QuerySet[Product]"
    ) -> HttpResponse | None:
        return answer(self, request, queryset)

    def has_change_price_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("catalog.change_price"))


def answer(
    model_admin: ChangesPrices, request: HttpRequest, products: "QuerySet[Product]"
) -> HttpResponse | None:
    """Ask what to change, show what would be, and do it; None once it is done."""
    is_asked = "look" in request.POST or "preview" in request.POST
    form = RepricingForm(request.POST if is_asked else None)
    found = None
    if is_asked and form.is_valid():
        selection = Selection(
            product_ids=list(products.values_list("pk", flat=True)),
            currency=form.cleaned_data["currency"] or None,
        )
        try:
            if "preview" in request.POST:
                done = change_prices(
                    selection=selection, rule=form.rule(), token=request.POST["preview"]
                )
                model_admin.message_user(
                    request, f"Prices changed: {len(done.changes)}.", messages.SUCCESS
                )
                return None
            found = preview(selection=selection, rule=form.rule())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Change prices by percent",
        "opts": model_admin.opts,
        "form": form,
        "found": found,
        "rows": _rows(found) if found else [],
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "is_across": request.POST.get("select_across", "0"),
        "count": products.count(),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "catalog/admin/repricing.html", context)


def _rows(found: Preview) -> list[dict[str, str]]:
    return [
        {
            "sku": change.sku,
            "before": f"{money.formatted(change.before, change.currency)} {change.currency}",
            "after": f"{money.formatted(change.after, change.currency)} {change.currency}",
            "compare_at": money.formatted(change.compare_at, change.currency)
            if change.compare_at is not None
            else "–",
        }
        for change in found.changes[:SHOWN]
    ]
