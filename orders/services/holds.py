"""How much stock may be held by orders that nobody has paid, and for how long."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import connection
from django.utils import timezone

from ecommerce_backend.common.errors import DomainError
from orders.models import Order
from users.models import User


class TooManyUnpaidOrders(DomainError):
    code = "too_many_unpaid_orders"
    message = "Pay one of the orders that wait for payment, or cancel it, before placing another."
    advice = "Lead the customer to the orders that wait for payment."
    extension: ClassVar = {
        "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "examples": [3]}
    }


def hold_back(*, customer: User | None, email: str) -> None:
    """Refuse one more order to whoever has as many unpaid ones as are allowed.

    A guest is known by the e-mail address. Callers for the same person wait for each other until
    their transactions end, so that of two at once the second sees the order of the first.
    Raises TooManyUnpaidOrders.
    """
    _wait_for_others(f"user:{customer.pk}" if customer else f"email:{email}")
    if Order.objects.unpaid_of(customer, email=email).count() >= settings.MAX_UNPAID_ORDERS:
        raise TooManyUnpaidOrders(limit=settings.MAX_UNPAID_ORDERS)


def extend_hold(*, order: Order, window: timedelta) -> None:
    """Give the customer this long from now to pay, but never longer than an order may be held.

    The end is counted from when the order was placed, whichever ways of paying were tried since.
    """
    now = timezone.now()
    latest = order.created_at + timedelta(seconds=settings.MAX_HOLD_SECONDS)
    Order.objects.filter(pk=order.pk, status=Order.Status.PENDING).update(
        payment_due_at=min(now + window, latest), updated_at=now
    )


def _wait_for_others(person: str) -> None:
    """Take a lock that ends with the transaction; PostgreSQL folds the case as `iexact` does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(upper(%s), 0))",
            [f"unpaid orders of {person}"],
        )
