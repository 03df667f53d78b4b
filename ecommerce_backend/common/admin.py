from ipaddress import ip_address
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from ecommerce_backend.common.audit import Action
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


class ActionFilter(admin.SimpleListFilter):
    """By what was done; the names come from the code, for asking a million rows takes long."""

    title = "action"
    parameter_name = "action"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(action.value, action.value) for action in Action]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditRecord]
    ) -> QuerySet[AuditRecord]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class AuditPages(Paginator[Any]):
    """Counts no further than staff will turn: all rows of a year take seconds."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.MOST].count())


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """The security log."""

    list_display = ("recorded_at", "action", "subject", "actor_id", "address", "told", "request_id")
    list_filter = (ActionFilter, "recorded_at")
    search_fields = ("subject",)  # what is typed is read by get_search_results
    search_help_text = (
        "A person's email address or number (both what they did and what was done to them), a"
        " subject such as order:8K2MZ4T7QA, an IP address, or a request id"
    )
    ordering = ("-id",)
    paginator = AuditPages
    show_full_result_count = False

    @admin.display(description="details")
    def told(self, record: AuditRecord) -> str:
        return ", ".join(f"{name}: {value}" for name, value in record.details.items())[:120]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditRecord], search_term: str
    ) -> tuple[QuerySet[AuditRecord], bool]:
        """Find by exactly what is typed, for which there is an index each."""
        term = search_term.strip()
        return (queryset.filter(meant(term)) if term else queryset), False


def meant(term: str) -> Q:
    """Return the condition for what somebody typed into the search of the security log."""
    if "@" in term:
        person = get_user_model().objects.with_email(term).first()
        return _of_person(person.pk) if person else Q(pk=None)
    if term.isascii() and term.isdecimal() and len(term) < 19:  # noqa: PLR2004 (of a bigint)
        return _of_person(int(term))
    if ":" in term and not _is_address(term):
        return Q(subject=term)
    return Q(address=term) if _is_address(term) else Q(request_id=term)


def _of_person(number: int) -> Q:
    return Q(subject=f"user:{number}") | Q(actor_id=number)


def _is_address(term: str) -> bool:
    try:
        ip_address(term)
    except ValueError:
        return False
    return True
