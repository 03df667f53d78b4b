from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from ecommerce_backend.common.admin import ReadOnlyAdmin
from users.models import LoginSession
from users.services import sessions


@admin.register(LoginSession)
class LoginSessionAdmin(ReadOnlyAdmin):
    """Who is signed in where."""

    list_display = ("user", "address", "user_agent", "created_at", "last_seen_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "address")
    ordering = ("-last_seen_at", "-pk")
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("users.change_loginsession")

    @admin.action(description="Sign out on the selected devices", permissions=["revoke"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[LoginSession]) -> None:
        live = list(chosen.filter(revoked_at=None))
        for session in live:
            sessions.revoke_session(session=session, because="ended by staff")
        self.message_user(request, f"{len(live)} signed out.", messages.SUCCESS)
