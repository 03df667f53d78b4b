"""Locks on an order together with its payments, in the project's order: payments come first."""

from django.db import transaction

from orders.models import Order, Payment


def lock_with_payments(order_id: int) -> tuple[Order, list[Payment]]:
    """Lock an order and all its payments, and return both as they are now.

    A payment that began between the two locks would have to be locked out of order, so both are
    given back and taken again. Call in a transaction. Raises Order.DoesNotExist.
    """
    while True:
        savepoint = transaction.savepoint()
        payments = list(
            Payment.objects.filter(order=order_id)
            .order_by("pk")
            .select_for_update(no_key=True, of=("self",))
        )
        order = Order.objects.lock(order_id)
        if Payment.objects.filter(order=order_id).count() == len(payments):
            transaction.savepoint_commit(savepoint)
            return order, payments
        transaction.savepoint_rollback(savepoint)


def lock_if_overdue(order_id: int) -> Order | None:
    """Lock an overdue order and its payments, or return None.

    None means that somebody else is at work on it, or that it is not overdue any more.
    """
    payments = Payment.objects.filter(order=order_id).order_by("pk")
    locked = payments.select_for_update(no_key=True, skip_locked=True, of=("self",))
    found = len(locked)
    order = (
        Order.objects.overdue()
        .filter(pk=order_id)
        .select_for_update(no_key=True, skip_locked=True, of=("self",))
        .first()
    )
    return order if payments.count() == found else None
