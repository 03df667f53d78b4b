from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from ecommerce_backend.common.errors import DomainError
from users.models import User
from users.services.erasure import erase_account


class ErasesAccounts(admin.ModelAdmin):  # type: ignore[type-arg]
    """The admin's way to delete an account is to erase the person, at their request."""

    delete_confirmation_template = "users/admin/erase.html"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Erase one at a time: each page tells what goes and what stays."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Leave nobody to erase themselves here: the API asks for the password first."""
        return super().has_delete_permission(request, obj) and (obj is None or obj != request.user)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, {"title": "Erase a person"})
        except DomainError as refusal:
            self.message_user(request, _told(refusal), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:users_user_change", args=[object_id]))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Name no rows that go: orders and reviews stay, without the person."""
        return [], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        erase_account(user=obj, because="asked of staff")

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        return super().response_delete(request, f"account {obj_id}", obj_id)


def _told(refusal: DomainError) -> str:
    orders = ", ".join(refusal.extra.get("orders", ()))
    return f"{refusal} {orders}".strip()
