from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from treebeard.admin import TreeAdmin
from treebeard.forms import movenodeform_factory

from catalog.models import Category
from catalog.services.categories import lock_tree, move_category, parent_of
from ecommerce_backend.common.errors import DomainError


class DropForm(forms.Form):
    """What the tree's script sends once somebody lets go of a category over another."""

    node = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    target = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    relation = forms.ChoiceField(choices=[("child", "below it"), ("sibling", "before it")])

    def ids(self) -> list[int]:
        return [self.cleaned_data["node"], self.cleaned_data["target"]]


@admin.register(Category)
class CategoryAdmin(TreeAdmin):  # type: ignore[misc]
    """The tree of categories. Each way to change it waits for the others to finish first."""

    form = movenodeform_factory(Category)
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:  # noqa: FBT001
        # This writes already: the place of a node cannot be worked out without moving others.
        lock_tree()
        return super().save_form(request, form, change)

    @transaction.atomic
    def move_node(self, request: HttpRequest) -> HttpResponse:
        """Move what was dragged by the shop's own rules; the page says how it went, loaded anew."""
        drop = DropForm(request.POST)
        if not self.has_change_permission(request):
            raise PermissionDenied
        found = Category.objects.in_bulk(drop.ids()) if drop.is_valid() else {}
        if len(found) != 2:  # noqa: PLR2004
            return self._refused(request, "One of the two is gone. Look again.")
        moving, target = (found[key] for key in drop.ids())
        try:
            if drop.cleaned_data["relation"] == "child":
                move_category(category=moving, parent=target)
            else:
                move_category(category=moving, parent=parent_of(target), before=target)
        except DomainError as refusal:
            return self._refused(request, f"{moving} stays where it is: {refusal}")
        where = "below" if drop.cleaned_data["relation"] == "child" else "before"
        self.message_user(request, f"{moving} stands {where} {target} now.", messages.SUCCESS)
        self.log_change(request, moving, f"Moved {where} {target}.")
        return HttpResponse("OK")

    def _refused(self, request: HttpRequest, why: str) -> HttpResponse:
        self.message_user(request, why, messages.ERROR)
        return HttpResponse(why, status=HTTPStatus.CONFLICT, content_type="text/plain")

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        lock_tree()
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Category]") -> None:
        lock_tree()
        super().delete_queryset(request, queryset)
