from typing import ClassVar

from django.contrib import admin
from django.utils.safestring import SafeString

from orders.admin import formatting
from orders.admin.inlines import EventInline, LineInline, PaymentInline, ShipmentInline
from orders.admin.moving import MovableOrderAdmin
from orders.models import Order


@admin.register(Order)
class OrderAdmin(MovableOrderAdmin):
    list_display = (
        "number",
        "email",
        "order_total",
        "state",
        "payment_state",
        "fulfillment_state",
        "created_at",
    )
    list_filter = ("status", "payment_status", "fulfillment_status", "created_at")
    search_fields = ("number", "email", "lines__sku")
    search_help_text = "By number, email address or SKU."
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    list_per_page = 50
    show_full_result_count = False
    inlines = (LineInline, PaymentInline, ShipmentInline, EventInline)
    readonly_fields = (
        "state",
        "payment_state",
        "fulfillment_state",
        "order_subtotal",
        "order_discount",
        "order_shipping",
        "order_tax",
        "order_total",
        "ship_to",
        "bill_to",
        "created_at",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("state", "payment_state"),
                    ("fulfillment_state", "payment_due_at"),
                    ("email", "customer"),
                    "created_at",
                )
            },
        ),
        (
            "Amounts",
            {
                "fields": (
                    "order_subtotal",
                    "order_discount",
                    "order_shipping",
                    "order_tax",
                    "order_total",
                )
            },
        ),
        ("Where it goes", {"fields": ("shipping_method_name", ("ship_to", "bill_to"))}),
    )

    class Media:
        css: ClassVar = {"all": formatting.STYLES}

    @admin.display(description="status", ordering="status")
    def state(self, order: Order) -> SafeString:
        return formatting.pill(order.status, order.get_status_display())

    @admin.display(description="payment", ordering="payment_status")
    def payment_state(self, order: Order) -> SafeString:
        return formatting.pill(order.payment_status, order.get_payment_status_display())

    @admin.display(description="shipping", ordering="fulfillment_status")
    def fulfillment_state(self, order: Order) -> SafeString:
        return formatting.pill(order.fulfillment_status, order.get_fulfillment_status_display())

    @admin.display(description="subtotal")
    def order_subtotal(self, order: Order) -> SafeString:
        return formatting.amount(order.subtotal, order.currency)

    @admin.display(description="discount")
    def order_discount(self, order: Order) -> SafeString:
        return formatting.amount(order.discount_total, order.currency)

    @admin.display(description="shipping")
    def order_shipping(self, order: Order) -> SafeString:
        return formatting.amount(order.shipping_total, order.currency)

    @admin.display(description="tax")
    def order_tax(self, order: Order) -> SafeString:
        return formatting.amount(order.tax_total, order.currency)

    @admin.display(description="total", ordering="total")
    def order_total(self, order: Order) -> SafeString:
        return formatting.amount(order.total, order.currency)

    @admin.display(description="shipping address")
    def ship_to(self, order: Order) -> SafeString:
        return formatting.address(order.shipping_address)

    @admin.display(description="billing address")
    def bill_to(self, order: Order) -> SafeString:
        return formatting.address(order.billing_address)
