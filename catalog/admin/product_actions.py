"""What staff do to many products of the list at once: all of them or none, and each is noted."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from catalog.models import Category, Product
from catalog.services.bulk_changes import set_category, set_status
from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action

Status = Product.Status
EXAMPLES = 10  # products that are named before they are moved


class CategoryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The tree as a list, each category as far in as it is deep."""

    def label_from_instance(self, category: Any) -> str:
        indent = "\u2003" * (category.depth - 1)
        return f"{indent}{category.name}"


class MoveForm(forms.Form):
    category = CategoryChoice(
        Category.objects.order_by("path"), label="To", empty_label="Choose a category"
    )
    count = forms.IntegerField(widget=forms.HiddenInput)


class ProductActions(admin.ModelAdmin):  # type: ignore[type-arg]
    actions: Any = ("publish", "archive", "move")

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: "QuerySet[Product]") -> None:
        self._set_status(request, queryset, Status.PUBLISHED)

    @admin.action(description="Archive", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: "QuerySet[Product]") -> None:
        self._set_status(request, queryset, Status.ARCHIVED)

    @admin.action(description="Move to a category …", permissions=["change"])
    def move(self, request: HttpRequest, queryset: "QuerySet[Product]") -> HttpResponse | None:
        """Ask to which one, and show what will move; then move it."""
        form = MoveForm(request.POST) if "count" in request.POST else MoveForm()
        product_ids = list(queryset.values_list("pk", flat=True))
        if form.is_valid():
            if form.cleaned_data["count"] == len(product_ids):
                self._move(request, product_ids, form.cleaned_data["category"])
                return None
            form.add_error(None, "The list has changed meanwhile. Look again at what will move.")
        return self._asked(request, queryset, form, count=len(product_ids))

    def _asked(
        self, request: HttpRequest, queryset: "QuerySet[Product]", form: MoveForm, *, count: int
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Move products",
            "form": form,
            "count": count,
            "products": queryset.select_related("category").order_by("name", "pk")[:EXAMPLES],
            "others": max(0, count - EXAMPLES),
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "catalog/admin/move_products.html", context)

    def _move(self, request: HttpRequest, product_ids: list[int], category: Category) -> None:
        with transaction.atomic():
            moved = set_category(product_ids, category=category)
            _note(request, moved, f"Moved to {category}.")
        self.message_user(request, f"Moved to {category}: {len(moved)}.", messages.SUCCESS)

    def _set_status(
        self, request: HttpRequest, queryset: "QuerySet[Product]", status: Product.Status
    ) -> None:
        product_ids = list(queryset.values_list("pk", flat=True))
        with transaction.atomic():
            changed = set_status(product_ids, status=status)
            _note(request, changed, f"{status.label}.")
        self.message_user(request, f"{status.label}: {len(changed)}.", messages.SUCCESS)


def _note(request: HttpRequest, product_ids: list[int], message: str) -> None:
    """Write what was done into the admin's history, and tell the audit stream."""
    LogEntry.objects.log_actions(
        user_id=request.user.pk or 0,
        queryset=Product.objects.filter(pk__in=product_ids),
        action_flag=CHANGE,
        change_message=message,
    )
    for product_id in product_ids:
        audit.announce(
            Action.ADMIN_CHANGED,
            subject=f"catalog.product:{product_id}",
            details={"act": "changed"},
        )
