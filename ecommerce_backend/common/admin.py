from django.contrib import admin
from django.http import HttpRequest

from ecommerce_backend.common.models import AuditRecord, Event


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that services write and people only read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows of a parent that services write and people only read."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("id", "type", "subject", "recorded_at")
    list_filter = ("type", "recorded_at")
    search_fields = ("subject",)
    ordering = ("-id",)


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    list_display = ("id", "recorded_at", "action", "subject", "actor_id", "address", "request_id")
    list_filter = ("action", "recorded_at")
    search_fields = ("=subject", "=request_id", "=address", "=actor_id")
    search_help_text = "a subject such as user:7, a request id, an address or an actor's id"
    ordering = ("-id",)
