from typing import ClassVar, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from ecommerce_backend.common.admin import ReadOnlyAdmin
from ecommerce_backend.common.errors import DomainError
from orders.admin import formatting
from orders.admin.inlines import RefundInline
from orders.models import Payment, ProviderEvent, Refund
from orders.services.refunds import mark_refund_paid
from users.models import User


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("reference", "order", "provider", "state", "asked", "captured", "refunded")
    list_filter = ("status", "provider", "created_at")
    list_select_related = ("order",)
    search_fields = ("reference", "provider_reference", "order__number", "order__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    inlines = (RefundInline,)
    fields = (
        "order",
        "provider",
        "state",
        "asked",
        "captured",
        "refunded",
        "failure_code",
        "reference",
        "provider_reference",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("state", "asked", "captured", "refunded", "created_at", "updated_at")

    class Media:
        css: ClassVar = {"all": formatting.STYLES}

    @admin.display(description="status", ordering="status")
    def state(self, payment: Payment) -> SafeString:
        return formatting.pill(payment.status, payment.get_status_display())

    @admin.display(description="amount", ordering="amount")
    def asked(self, payment: Payment) -> SafeString:
        return formatting.amount(payment.amount, payment.currency)

    @admin.display(ordering="captured_total")
    def captured(self, payment: Payment) -> SafeString:
        return formatting.amount(payment.captured_total, payment.currency)

    @admin.display(ordering="refunded_total")
    def refunded(self, payment: Payment) -> SafeString:
        return formatting.amount(payment.refunded_total, payment.currency)


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    """Money on its way back. Bank transfers are paid back by hand and marked here."""

    list_display = ("reference", "order", "provider", "state", "sum", "reason", "created_at")
    list_filter = ("status", "payment__provider", "created_at")
    list_select_related = ("payment__order",)
    search_fields = ("reference", "payment__reference", "payment__order__number")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    fields = ("order", "payment", "state", "sum", "reason", "reference", "created_at")
    readonly_fields = ("order", "state", "sum", "created_at")
    actions = ("mark_paid_back",)

    class Media:
        css: ClassVar = {"all": formatting.STYLES}

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_refund")

    @admin.display(ordering="payment__order__number")
    def order(self, refund: Refund) -> str:
        return refund.payment.order.number

    @admin.display(ordering="payment__provider")
    def provider(self, refund: Refund) -> str:
        return refund.payment.provider

    @admin.display(description="status", ordering="status")
    def state(self, refund: Refund) -> SafeString:
        return formatting.pill(refund.status, refund.get_status_display())

    @admin.display(description="amount", ordering="amount")
    def sum(self, refund: Refund) -> SafeString:
        return formatting.amount(refund.amount, refund.payment.currency)

    @admin.action(description="Mark paid back (bank transfer)", permissions=["settle"])
    def mark_paid_back(self, request: HttpRequest, chosen: QuerySet[Refund]) -> None:
        for refund in chosen.select_related("payment").order_by("pk"):
            self._settle(request, refund)

    def _settle(self, request: HttpRequest, refund: Refund) -> None:
        try:
            mark_refund_paid(refund=refund, actor=cast(User, request.user))
        except DomainError as refusal:
            self.message_user(request, f"{refund}: {refusal}", messages.ERROR)
        else:
            self.message_user(request, f"{refund} was marked paid back.", messages.SUCCESS)


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin):
    """The inbox of notices. Those in quarantine need a look."""

    list_display = ("received_at", "provider", "type", "state", "payment", "detail")
    list_filter = ("outcome", "provider", "received_at")
    list_select_related = ("payment",)
    search_fields = ("event_id", "payment__reference", "payment__order__number")
    date_hierarchy = "received_at"
    ordering = ("-received_at", "-pk")
    fields = ("provider", "event_id", "type", "state", "detail", "payment", "payload")
    readonly_fields = ("state",)

    class Media:
        css: ClassVar = {"all": formatting.STYLES}

    @admin.display(description="outcome", ordering="outcome")
    def state(self, event: ProviderEvent) -> SafeString:
        return formatting.pill(event.outcome, event.get_outcome_display())
