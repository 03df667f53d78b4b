"""Collecting what an order costs.

A payment begins in three steps, so that the provider is never called inside a transaction: it is
written down (`claim_payment`), opened at the provider, and what the provider said is kept
(`open_payment`). After a crash in between, the next attempt finds it and goes on.
"""

from decimal import Decimal

from procrastinate.contrib.django import app

from ecommerce_backend.common import events, money
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work
from orders.gateways import gateway, gateway_of
from orders.gateways.base import Started
from orders.gateways.manual import ManualGateway
from orders.models import InvalidTransition, Order, Payment
from orders.services.holds import extend_hold
from orders.services.locking import lock_with_payments
from orders.services.refunds import promise_refund
from users.models import User

Status = Payment.Status


class NothingDue(DomainError):
    code = "nothing_due"
    message = "There is nothing to pay for this order."
    advice = "Show the order; nothing has to be paid."


class AmountDiffers(DomainError):
    code = "amount_differs"
    message = "An order is paid in full or not at all."
    advice = "Compare the bank statement with the order; this may be another one."


def start_payment(*, order: Order, provider: str, return_url: str = "") -> Payment:
    """Start collecting what is due with one provider, or return the payment that is under way.

    Not to be called in a transaction. Raises UnknownProvider, InvalidTransition and NothingDue.
    """
    return open_payment(
        payment=claim_payment(order=order, provider=provider, return_url=return_url)
    )


@unit_of_work
def claim_payment(*, order: Order, provider: str, return_url: str = "") -> Payment:
    """Write down that an order is about to be paid, before the provider hears of it.

    The open payment of the same provider is used again; that of another one is canceled.
    Raises UnknownProvider, InvalidTransition and NothingDue.
    """
    name = gateway(provider).name
    locked, payments = lock_with_payments(order.pk)
    _require_due(locked)
    return _open_with(name, locked, payments) or _create(name, locked, return_url=return_url)


def open_payment(*, payment: Payment) -> Payment:
    """Open a claimed payment at its provider, and say what the customer has to do next.

    Not to be called in a transaction; repeating it does no harm.
    """
    if payment.status != Status.CREATED:
        return payment
    started = gateway_of(payment).start(payment)
    return _keep(payment, started)


@unit_of_work
def _keep(claimed: Payment, started: Started) -> Payment:
    payment = Payment.objects.lock(claimed.pk)
    if payment.status == Status.CANCELED:
        _tell_provider_of_cancellation(payment)  # the first telling may have come too early
    if payment.status != Status.CREATED:
        return payment
    payment.status = Status.PENDING
    payment.provider_reference = started.provider_reference
    payment.next_action = started.next_action
    payment.save(update_fields=["status", "provider_reference", "next_action", "updated_at"])
    if started.window is not None:
        extend_hold(order=claimed.order, window=started.window)
    _record("payment.started", payment, claimed.order)
    return payment


def cancel_open_payments(*, order: Order) -> None:
    """Close what was not captured. Call with the order and its payments locked."""
    for payment in order.payments.open():
        _cancel(payment, order)


def cancel_at_provider(*, payment_id: int) -> None:
    """Tell the provider that a payment was canceled. Not to be called in a transaction."""
    payment = Payment.objects.get(pk=payment_id)
    gateway_of(payment).cancel(payment)


@unit_of_work
def capture_manually(
    *, order: Order, actor: User, amount: Decimal | None = None, reference: str = ""
) -> Payment:
    """Note that staff have seen the money for an order on the shop's account.

    `amount`, in the order's currency, guards against marking the wrong order; `reference` is what
    the bank statement says. Raises InvalidTransition, NothingDue and AmountDiffers.
    """
    locked, payments = lock_with_payments(order.pk)
    _require_due(locked)
    if amount is not None and amount != locked.total:
        due = money.formatted(locked.total, locked.currency)
        raise AmountDiffers(
            faults=[{"pointer": "/amount", "code": AmountDiffers.code, "detail": f"{due} is due."}]
        )
    provider = ManualGateway.name
    payment = _open_with(provider, locked, payments) or _create(provider, locked)
    record_capture(payment=payment, order=locked, actor=actor, reference=reference)
    return payment


def record_capture(
    *, payment: Payment, order: Order, actor: User | None = None, reference: str = ""
) -> None:
    """Note that the money is there, and confirm the order. Call with both locked.

    Money that came too late, after a cancellation or another payment, goes back by itself.
    """
    payment.status = Status.CAPTURED
    payment.captured_total = payment.amount
    payment.failure_code = ""
    payment.save(update_fields=["status", "captured_total", "failure_code", "updated_at"])
    _record("payment.captured", payment, order)
    if order.status != Order.Status.PENDING:
        promise_refund(
            payment=payment,
            order=order,
            amount=payment.amount,
            reason=f"The money came when the order was already {order.status}.",
            actor=None,
        )
        return
    cancel_open_payments(order=order)
    order.payment_status = Order.PaymentStatus.PAID
    order.payment_due_at = None
    order.save(update_fields=["payment_status", "payment_due_at", "updated_at"])
    order.note("paid", actor=actor, details={**_facts(payment), "bank_reference": reference})
    order.transition_to(Order.Status.CONFIRMED, actor=actor)
    _record("order.paid", payment, order)
    _record("order.confirmed", payment, order)


def record_decline(*, payment: Payment, order: Order, failure_code: str) -> None:
    """Note that the customer's attempt failed; another may follow. Call with both locked."""
    payment.status = Status.FAILED
    payment.failure_code = failure_code
    payment.save(update_fields=["status", "failure_code", "updated_at"])
    if order.status == Order.Status.PENDING:
        order.payment_status = Order.PaymentStatus.FAILED
        order.save(update_fields=["payment_status", "updated_at"])
    order.note("payment_failed", actor=None, details=_facts(payment))
    _record("payment.failed", payment, order)


def _require_due(order: Order) -> None:
    if order.status != Order.Status.PENDING:
        raise InvalidTransition(
            f"An order that is {order.status} cannot be paid.", status=order.status
        )
    if not order.total:
        raise NothingDue


def _open_with(provider: str, order: Order, payments: list[Payment]) -> Payment | None:
    """Return the open payment if it is with this provider, and cancel it if it is not."""
    payment = next((row for row in payments if row.status in Payment.OPEN), None)
    if payment is None or payment.provider == provider:
        return payment
    _cancel(payment, order)
    return None


def _create(provider: str, order: Order, *, return_url: str = "") -> Payment:
    return Payment.objects.create(
        order=order,
        provider=provider,
        currency=order.currency,
        amount=order.total,
        captured_total=Decimal(0),
        refunded_total=Decimal(0),
        return_url=return_url,
    )


def _cancel(payment: Payment, order: Order) -> None:
    payment.status = Status.CANCELED
    payment.save(update_fields=["status", "updated_at"])
    _record("payment.canceled", payment, order)
    _tell_provider_of_cancellation(payment)


def _tell_provider_of_cancellation(payment: Payment) -> None:
    app.configure_task("orders.tasks.cancel_at_provider").defer(payment_id=payment.pk)


def _record(event_type: str, payment: Payment, order: Order) -> None:
    events.record(event_type, subject=f"order:{order.number}", payload=_facts(payment))


def _facts(payment: Payment) -> dict[str, str]:
    return {
        "payment": payment.reference,
        "provider": payment.provider,
        "amount": money.formatted(payment.amount, payment.currency),
        "currency": payment.currency,
    }
