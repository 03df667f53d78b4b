from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from treebeard.admin import TreeAdmin
from treebeard.forms import movenodeform_factory

from catalog.models import Category
from catalog.services.categories import lock_tree


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
        lock_tree()
        return super().move_node(request)  # type: ignore[no-any-return]

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        lock_tree()
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Category]") -> None:
        lock_tree()
        super().delete_queryset(request, queryset)
