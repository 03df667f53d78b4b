from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ecommerce_backend.common import audit
from ecommerce_backend.common.admin import ReadOnlyInline
from ecommerce_backend.common.audit import Action
from users.admin.erasing import ErasesAccounts
from users.admin.forms import AddUserForm, ChangeUserForm, SetPasswordForm
from users.admin.rights import RIGHTS, fields_shut_to, outranks
from users.models import Address, LoginSession, User
from users.services import second_factors, sessions


class AddressInline(ReadOnlyInline):
    model = Address
    fields = ("full_name", "line1", "postal_code", "city", "country", "is_default_shipping")


class SessionInline(ReadOnlyInline):
    """The devices that are signed in; the list of sessions ends them."""

    model = LoginSession
    fields = ("address", "user_agent", "created_at", "last_seen_at")
    verbose_name_plural = "signed in on"

    def get_queryset(self, request: HttpRequest) -> QuerySet[LoginSession]:
        live = Q(revoked_at=None, expires_at__gt=timezone.now())
        return super().get_queryset(request).filter(live).order_by("-last_seen_at")


@admin.register(User)
class UserAdmin(ErasesAccounts, DjangoUserAdmin):  # type: ignore[type-arg]
    """Accounts. Only a superuser gives rights, and nobody reaches up to who has more of them."""

    form = ChangeUserForm
    add_form = AddUserForm
    change_password_form = SetPasswordForm
    list_display = (
        "email",
        "get_full_name",
        "is_active",
        "is_staff",
        "shows_second_factor",
        "created_at",
        "last_login",
    )
    list_filter = ("is_active", "is_staff", "is_superuser", "groups", "created_at")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("-created_at", "-pk")
    date_hierarchy = "created_at"
    readonly_fields = ("second_factor_at", "last_login", "created_at", "updated_at")
    actions = ("reset_second_factor",)
    inlines = (SessionInline, AddressInline)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Name", {"fields": ("first_name", "last_name")}),
        ("Rights", {"fields": ("is_active", *RIGHTS)}),
        (
            "Dates",
            {"fields": ("second_factor_at", "last_login", "created_at", "updated_at")},
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "first_name", "last_name", "password1", "password2")}),
    )

    @admin.display(description="second factor", boolean=True)
    def shows_second_factor(self, user: User) -> bool:
        return user.has_second_factor

    def has_reset_second_factor_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    @admin.action(
        description="Reset the second factor of the selected people",
        permissions=["reset_second_factor"],
    )
    def reset_second_factor(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """Let people in again who lost their phone; never oneself, who may be somebody else."""
        everybody = list(chosen)
        affected = [one for one in everybody if one.has_second_factor and one != request.user]
        for user in affected:
            second_factors.reset(user=user)
        skipped = len(everybody) - len(affected)
        told = f"{len(affected)} reset and signed out everywhere."
        if skipped:
            told += f" {skipped} passed over: without a second factor, or your own account."
        self.message_user(request, told, messages.SUCCESS if affected else messages.WARNING)

    @admin.display(description="name", ordering="last_name")
    def get_full_name(self, user: User) -> str:
        return user.get_full_name()

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *fields_shut_to(request.user, obj))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and not outranks(obj, request.user)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not outranks(obj, request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        if {"is_active", *RIGHTS}.intersection(form.changed_data):
            user = form.instance
            sessions.close_all_sessions(user=user, because="rights changed by staff")
            audit.record(
                Action.RIGHTS_CHANGED,
                subject=f"user:{user.pk}",
                details={
                    "is_active": user.is_active,
                    "is_staff": user.is_staff,
                    "is_superuser": user.is_superuser,
                    "roles": sorted(user.groups.values_list("name", flat=True)),
                    "changed": form.changed_data,
                },
            )
