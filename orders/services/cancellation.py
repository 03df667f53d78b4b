from ecommerce_backend.common import events
from ecommerce_backend.common.transactions import unit_of_work
from orders.models import InvalidTransition, Order
from orders.services import payments, refunds
from orders.services.allocations import release_open_units
from orders.services.locking import lock_with_payments
from users.models import User


@unit_of_work
def cancel_order(*, order: Order, actor: User | None, reason: str = "") -> Order:
    """Cancel before anything has shipped: stock goes back and so does the money.

    Raises InvalidTransition.
    """
    locked, _ = lock_with_payments(order.pk)
    if locked.fulfillment_status != Order.FulfillmentStatus.UNFULFILLED:
        raise InvalidTransition("Part of the order has been shipped.", status=locked.status)
    details = {"reason": reason} if reason else None
    locked.transition_to(Order.Status.CANCELED, actor=actor, details=details)
    release_open_units(locked)
    payments.cancel_open_payments(order=locked)
    refunds.refund_captured(order=locked, reason="Order canceled.", actor=actor)
    events.record("order.canceled", subject=f"order:{locked.number}")
    return locked
