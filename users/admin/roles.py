from itertools import groupby
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What each role may do. Only superusers change it: anybody else could raise their own role."""

    list_display = ("name", "people", "rights")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "permissions")
    filter_horizontal = ("permissions",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        roles: QuerySet[Group] = super().get_queryset(request)
        return roles.annotate(
            people=Count("user", distinct=True), rights=Count("permissions", distinct=True)
        )

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        return self.fields if self.has_change_permission(request, obj) else ("name", "may")

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        return ("may",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(request.user.is_superuser)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Keep in the security log what a role could do before and can since."""
        before = _names(form.instance)
        super().save_related(request, form, formsets, change)
        after = _names(form.instance)
        if before != after:
            audit.record(
                Action.RIGHTS_CHANGED,
                subject=f"role:{form.instance.pk}",
                details={"given": sorted(after - before), "taken": sorted(before - after)},
            )

    @admin.display(description="people", ordering="people")
    def people(self, role: Any) -> int:
        return int(role.people)

    @admin.display(description="rights", ordering="rights")
    def rights(self, role: Any) -> int:
        return int(role.rights)

    @admin.display(description="may")
    def may(self, role: Group) -> SafeString:
        """Show a line for each kind of thing: "order: change, view"."""
        granted = role.permissions.select_related("content_type").order_by(
            "content_type__app_label", "content_type__model", "codename"
        )
        kinds = groupby(granted, key=lambda one: one.content_type.name)
        lines = ((kind, ", ".join(_verb(one) for one in found)) for kind, found in kinds)
        return format_html_join("", "<div>{}: {}</div>", lines)


def _verb(permission: Permission) -> str:
    return permission.codename.partition("_")[0]


def _names(role: Group) -> set[str]:
    granted = role.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in granted}
