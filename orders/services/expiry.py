import structlog
from django.db import DatabaseError

from ecommerce_backend.common import events
from ecommerce_backend.common.transactions import unit_of_work
from orders.models import Order
from orders.services import payments
from orders.services.allocations import release_open_units
from orders.services.locking import lock_if_overdue

_log = structlog.get_logger("orders")


def expire_unpaid_orders() -> int:
    """Let go of the stock of orders that were not paid in time; return how many.

    Each goes in a transaction of its own, and one that somebody is at work on is left for the
    next round. One that cannot be expired is logged, so that it does not hold up the others.
    """
    overdue = Order.objects.overdue().order_by("payment_due_at").values_list("pk", flat=True)
    return sum(_try_to_expire(order_id) for order_id in overdue)


def _try_to_expire(order_id: int) -> bool:
    try:
        return _expire(order_id)
    except DatabaseError:
        _log.exception("order_not_expired", order_id=order_id)
        return False


@unit_of_work
def _expire(order_id: int) -> bool:
    order = lock_if_overdue(order_id)
    if order is None:
        return False
    order.transition_to(Order.Status.EXPIRED, actor=None)
    release_open_units(order)
    payments.cancel_open_payments(order=order)
    events.record("order.expired", subject=f"order:{order.number}")
    return True
