from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from users.models import CustomerGroup
from users.services.customer_groups import note_members


class GroupList(ChangeList):
    def get_queryset(self, *args: Any, **kwargs: Any) -> "QuerySet[CustomerGroup]":
        rows: QuerySet[CustomerGroup] = super().get_queryset(*args, **kwargs)
        return rows.annotate(size=Count("members"))


@admin.register(CustomerGroup)
class CustomerGroupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who buys on terms of their own. Price lists say what these are."""

    list_display = ("name", "code", "size")
    search_fields = ("name", "code")
    ordering = ("name", "pk")
    fields = ("name", "code", "members")
    prepopulated_fields = {"code": ("name",)}  # noqa: RUF012
    autocomplete_fields = ("members",)

    @admin.display(description="members", ordering="size")
    def size(self, group: Any) -> int:
        return int(group.size)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return GroupList

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        before = _members(form.instance)
        super().save_related(request, form, formsets, change)
        after = _members(form.instance)
        if before != after:
            note_members(
                form.instance, added=sorted(after - before), removed=sorted(before - after)
            )


def _members(group: CustomerGroup) -> set[int]:
    memberships = CustomerGroup.members.through.objects.filter(customergroup=group.pk)
    return set(memberships.values_list("user_id", flat=True))
