"""What orders forget when their customer is erased."""

from typing import Any

from django.db.models import F, Func, JSONField, QuerySet, Value

from orders.models import Order, OrderEvent, Payment, ProviderEvent, Refund, SandboxSession
from users.models import User
from users.services.erasure import ERASED_EMAIL, AccountInUse

_BLANK = "(erased)"
# Where it went decides its tax, which the books must still explain.
_KEPT = ("country", "region")
_FREE_TEXT = ("text", "reason", "bank_reference")
_UNDER_WAY = (Order.Status.PENDING, Order.Status.CONFIRMED)


def blank_orders(*, user: User, **_: Any) -> None:
    """Take who bought it out of a customer's orders; lines, amounts, taxes and dates stay.

    For `customer_erased`. Raises AccountInUse while something is still to be paid or sent.
    """
    orders = _lock(user)
    under_way = sorted(order.number for order in orders if order.status in _UNDER_WAY)
    if under_way:
        raise AccountInUse(orders=under_way[:100])
    for order in orders:
        order.email = ERASED_EMAIL
        order.shipping_address = _blank(order.shipping_address)
        order.billing_address = _blank(order.billing_address)
    Order.objects.bulk_update(
        orders, ["email", "shipping_address", "billing_address"], batch_size=500
    )
    events = OrderEvent.objects.filter(order__in=orders)
    events.filter(details__has_any_keys=_FREE_TEXT).update(details=_without_free_text())
    _blank_payments(Payment.objects.filter(order__in=orders))


def _lock(user: User) -> list[Order]:
    payments = Payment.objects.filter(order__customer=user).order_by("pk")
    list(payments.select_for_update(no_key=True, of=("self",)))
    return list(Order.objects.of(user).order_by("pk").select_for_update(no_key=True, of=("self",)))


def _blank(address: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if name in _KEPT or not value else _BLANK for name, value in address.items()
    }


def _without_free_text() -> Func:
    """Drop what people typed from an event; the table lets nothing else of it be changed."""
    details: Any = F("details")
    for name in _FREE_TEXT:
        details = Func(
            details,
            Value(name),
            template="(%(expressions)s)",
            arg_joiner=" - ",
            output_field=JSONField(),
        )
    return details  # type: ignore[no-any-return]


def _blank_payments(payments: QuerySet[Payment]) -> None:
    references = list(payments.values_list("reference", flat=True))
    Refund.objects.filter(payment__in=payments).update(reason="")
    ProviderEvent.objects.filter(payment__in=payments).update(payload={}, detail="")
    SandboxSession.objects.filter(payment_reference__in=references).update(return_url="")
    payments.update(return_url="", next_action=None)
