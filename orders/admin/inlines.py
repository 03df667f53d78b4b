"""What belongs to an order, to look at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ecommerce_backend.common.admin import ReadOnlyInline
from orders.admin import formatting
from orders.models import OrderEvent, OrderLine, Payment, Refund, Shipment


class LineInline(ReadOnlyInline):
    model = OrderLine
    ordering = ("position",)
    fields = ("sku", "name", "choice", "price", "quantity", "quantity_fulfilled", "sum")
    readonly_fields = ("choice", "price", "sum")
    verbose_name_plural = "lines"

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("order")

    @admin.display(description="options")
    def choice(self, line: OrderLine) -> str:
        return ", ".join(map(str, line.options.values()))

    @admin.display(description="unit price")
    def price(self, line: OrderLine) -> SafeString:
        return formatting.amount(line.unit_price, line.order.currency)

    @admin.display(description="total")
    def sum(self, line: OrderLine) -> SafeString:
        return formatting.amount(line.total, line.order.currency)


class PaymentInline(ReadOnlyInline):
    model = Payment
    ordering = ("pk",)
    show_change_link = True
    fields = ("provider", "state", "asked", "captured", "refunded", "failure_code", "created_at")
    readonly_fields = ("state", "asked", "captured", "refunded", "created_at")

    @admin.display(description="status")
    def state(self, payment: Payment) -> SafeString:
        return formatting.pill(payment.status, payment.get_status_display())

    @admin.display(description="amount")
    def asked(self, payment: Payment) -> SafeString:
        return formatting.amount(payment.amount, payment.currency)

    @admin.display
    def captured(self, payment: Payment) -> SafeString:
        return formatting.amount(payment.captured_total, payment.currency)

    @admin.display
    def refunded(self, payment: Payment) -> SafeString:
        return formatting.amount(payment.refunded_total, payment.currency)


class RefundInline(ReadOnlyInline):
    model = Refund
    ordering = ("pk",)
    fields = ("reference", "state", "sum", "reason", "created_at")
    readonly_fields = ("state", "sum", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        return super().get_queryset(request).select_related("payment")

    @admin.display(description="status")
    def state(self, refund: Refund) -> SafeString:
        return formatting.pill(refund.status, refund.get_status_display())

    @admin.display(description="amount")
    def sum(self, refund: Refund) -> SafeString:
        return formatting.amount(refund.amount, refund.payment.currency)


class ShipmentInline(ReadOnlyInline):
    model = Shipment
    ordering = ("pk",)
    fields = ("contents", "carrier", "tracking", "created_at", "delivered_at")
    readonly_fields = ("contents", "tracking", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shipment]:
        return super().get_queryset(request).prefetch_related("lines__order_line")

    @admin.display
    def contents(self, shipment: Shipment) -> str:
        return ", ".join(
            f"{line.quantity} × {line.order_line.sku}" for line in shipment.lines.all()
        )

    @admin.display
    def tracking(self, shipment: Shipment) -> str:
        if not shipment.tracking_url:
            return shipment.tracking_number
        label = shipment.tracking_number or "Follow"
        return format_html(
            '<a href="{}" rel="noopener noreferrer">{}</a>', shipment.tracking_url, label
        )


class EventInline(ReadOnlyInline):
    model = OrderEvent
    ordering = ("pk",)
    fields = ("created_at", "what", "said", "by")
    readonly_fields = fields
    verbose_name_plural = "history"

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderEvent]:
        return super().get_queryset(request).select_related("actor")

    @admin.display
    def what(self, event: OrderEvent) -> str:
        return event.kind.replace("_", " ")

    @admin.display(description="details")
    def said(self, event: OrderEvent) -> SafeString:
        return formatting.details(event.details)

    @admin.display
    def by(self, event: OrderEvent) -> str:
        return event.actor.email if event.actor else "the shop"
