"""Questions that other apps and the shop's own pages may ask about orders."""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet, Sum, prefetch_related_objects

from catalog.models import Product
from orders import tokens
from orders.models import Order, OrderEvent, OrderLine, Payment, Refund, Shipment
from users.models import User

STAFF_ONLY_KINDS = ("noted",)


def orders_of(customer: User) -> QuerySet[Order]:
    """Return a customer's orders with the number of units in each, for a list."""
    return Order.objects.of(customer).annotate(item_count=Sum("lines__quantity", default=0))


def orders_open_to(*, customer: User | None, number: str, token: str | None) -> QuerySet[Order]:
    """Return the order of that number if the caller may see it, else nothing.

    A customer may see their own; a guest's order opens to whoever has its token.
    """
    orders = Order.objects.filter(number=number)
    if token and tokens.opens(token, number=number):
        return orders.filter(customer=None) | orders.filter(customer=customer)
    return orders.of(customer) if customer else orders.none()


def with_details(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Load what its owner sees of an order, oldest first, in a fixed number of queries."""
    return orders.prefetch_related(
        Prefetch("lines", OrderLine.objects.order_by("position")),
        Prefetch("payments", Payment.objects.order_by("pk")),
        Prefetch("shipments", Shipment.objects.order_by("pk")),
        "shipments__lines__order_line",
    )


def public_events(order: Order) -> QuerySet[OrderEvent]:
    """Return the steps of an order that are its owner's business."""
    return OrderEvent.objects.filter(order=order).exclude(kind__in=STAFF_ONLY_KINDS)


def with_everything(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Load what staff see of an order, oldest first, in a fixed number of queries."""
    return orders.prefetch_related(
        Prefetch("lines", OrderLine.objects.order_by("position")),
        Prefetch("payments", Payment.objects.order_by("pk")),
        Prefetch("payments__refunds", Refund.objects.order_by("pk")),
        Prefetch("shipments", Shipment.objects.order_by("pk")),
        "shipments__lines__order_line",
        Prefetch("events", OrderEvent.objects.select_related("actor").order_by("pk")),
    )


def payment_of(order: Order, *, reference: str) -> Payment:
    """Return one of the order's payments, with the order.

    Raises Payment.DoesNotExist.
    """
    return order.payments.select_related("order").get(reference=reference)


def parcels(shipments: Sequence[Shipment]) -> Sequence[Shipment]:
    """Load what is in these parcels, in two queries."""
    prefetch_related_objects(shipments, "lines__order_line")
    return shipments


def has_received(*, customer: User, product: Product) -> bool:
    """Tell whether the shop has shipped this product to the customer, in any of its variants."""
    return OrderLine.objects.filter(
        order__customer=customer, variant__product=product, quantity_fulfilled__gt=0
    ).exists()
