"""Money on its way back. It counts against the payment from the moment it is promised."""

from decimal import Decimal

from django.db.models import F, Sum
from procrastinate.contrib.django import app

from ecommerce_backend.common import audit, events, money
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError, Fault
from ecommerce_backend.common.transactions import unit_of_work
from orders.gateways import gateway_of
from orders.gateways.base import RefundOutcome
from orders.gateways.manual import ManualGateway
from orders.models import Order, Payment, Refund
from orders.services.locking import lock_with_payments
from users.models import User

Status = Refund.Status


class RefundTooLarge(DomainError):
    code = "refund_too_large"
    message = "No more can go back than has come in."
    advice = "Read the order again and refund at most what is left."


class AmountNotPayable(DomainError):
    code = "amount_not_payable"
    message = "The currency has no such amount."
    http_status = 400
    advice = "Round to what the currency has."


class RefundNotOpen(DomainError):
    code = "refund_not_open"
    message = "Only a bank transfer that is still on its way back can be marked as paid back."
    advice = "Read the order again."


class PaymentNotFound(DomainError):
    code = "payment_not_found"
    message = "The order has no such payment."
    http_status = 404
    advice = "Read the order again and name one of its payments."


def refund_order(
    *, order: Order, amount: Decimal, reason: str, actor: User, payment_reference: str = ""
) -> Refund:
    """Promise to pay back some of what came in for an order.

    Without a reference, it goes back by the payment that has the most left. Raises
    PaymentNotFound, RefundTooLarge and AmountNotPayable.
    """
    payments = order.payments.annotate(rest=F("captured_total") - F("refunded_total"))
    if payment_reference:
        payments = payments.filter(reference=payment_reference)
    payment = payments.order_by("-rest", "pk").first()
    if payment is None:
        raise PaymentNotFound
    return refund_payment(payment=payment, amount=amount, reason=reason, actor=actor)


@unit_of_work
def refund_payment(*, payment: Payment, amount: Decimal, reason: str, actor: User | None) -> Refund:
    """Promise to pay back some of a payment, in its currency; a job does it.

    Raises RefundTooLarge and AmountNotPayable.
    """
    order, payments = lock_with_payments(payment.order_id)
    locked = next(row for row in payments if row.pk == payment.pk)
    return promise_refund(payment=locked, order=order, amount=amount, reason=reason, actor=actor)


def refund_captured(*, order: Order, reason: str, actor: User | None = None) -> list[Refund]:
    """Promise to pay back all that came in. Call with the order and its payments locked."""
    return [
        promise_refund(
            payment=payment,
            order=order,
            amount=payment.captured_total - payment.refunded_total,
            reason=reason,
            actor=actor,
        )
        for payment in order.payments.order_by("pk")
        if payment.captured_total > payment.refunded_total
    ]


def promise_refund(
    *, payment: Payment, order: Order, amount: Decimal, reason: str, actor: User | None
) -> Refund:
    """Promise a refund of a payment that the caller has locked with its order.

    Raises RefundTooLarge and AmountNotPayable.
    """
    _require_refundable(payment, amount)
    refund = Refund.objects.create(payment=payment, amount=amount, reason=reason)
    payment.refunded_total += amount
    payment.save(update_fields=["refunded_total", "updated_at"])
    _update_payment_status(order)
    _record("refund.promised", "refund_promised", refund, order, actor)
    audit.announce(
        Action.REFUND_PROMISED,
        subject=f"order:{order.number}",
        actor_id=actor.pk if actor else None,
        details={"refund": refund.reference, "amount": str(amount), "currency": payment.currency},
    )
    app.configure_task("orders.tasks.process_refund").defer(refund_id=refund.pk)
    return refund


def process_refund(*, refund_id: int) -> None:
    """Ask the provider to pay a promised refund. Not to be called in a transaction."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.status == Status.PENDING:
        outcome = gateway_of(refund.payment).refund(refund)
        _conclude(refund, outcome, actor=None)


@unit_of_work
def mark_refund_paid(*, refund: Refund, actor: User) -> Refund:
    """Note that staff have sent the money of a bank transfer back.

    Raises RefundNotOpen.
    """
    if refund.payment.provider != ManualGateway.name:
        raise RefundNotOpen
    concluded, has_changed = _conclude(refund, RefundOutcome.SUCCEEDED, actor=actor)
    if not has_changed:
        raise RefundNotOpen
    return concluded


@unit_of_work
def _conclude(refund: Refund, outcome: RefundOutcome, *, actor: User | None) -> tuple[Refund, bool]:
    """Keep what became of a refund, if nobody else has; return it and whether it changed."""
    order, payments = lock_with_payments(refund.payment.order_id)
    current = Refund.objects.get(pk=refund.pk)
    if current.status != Status.PENDING or outcome is RefundOutcome.PENDING:
        return current, False
    current.payment = next(row for row in payments if row.pk == current.payment_id)
    current.status = Status(outcome.value)
    current.save(update_fields=["status", "updated_at"])
    if outcome is RefundOutcome.FAILED:
        _take_promise_back(current, order)
        _record("refund.failed", "refund_failed", current, order, actor)
    else:
        _record("order.refunded", "refunded", current, order, actor)
    return current, True


def _take_promise_back(refund: Refund, order: Order) -> None:
    refund.payment.refunded_total -= refund.amount
    refund.payment.save(update_fields=["refunded_total", "updated_at"])
    _update_payment_status(order)


def _require_refundable(payment: Payment, amount: Decimal) -> None:
    if not money.is_exact(amount, payment.currency):
        smallest = money.exponent(payment.currency)
        raise AmountNotPayable(
            faults=[_amount_fault(AmountNotPayable.code, f"Use multiples of {smallest}.")]
        )
    rest = payment.captured_total - payment.refunded_total
    if amount > rest:
        available = money.formatted(rest, payment.currency)
        raise RefundTooLarge(
            faults=[_amount_fault(RefundTooLarge.code, f"At most {available} can go back.")]
        )


def _amount_fault(code: str, detail: str) -> Fault:
    return {"pointer": "/amount", "code": code, "detail": detail}


def _update_payment_status(order: Order) -> None:
    """Say of the order what its payments come to: an order paid twice is paid when one is back."""
    sums = order.payments.aggregate(captured=Sum("captured_total"), refunded=Sum("refunded_total"))
    kept = sums["captured"] - sums["refunded"]
    if kept >= order.total:
        order.payment_status = Order.PaymentStatus.PAID
    elif kept:
        order.payment_status = Order.PaymentStatus.PARTIALLY_REFUNDED
    else:
        order.payment_status = Order.PaymentStatus.REFUNDED
    order.save(update_fields=["payment_status", "updated_at"])


def _record(event_type: str, kind: str, refund: Refund, order: Order, actor: User | None) -> None:
    facts = {
        "refund": refund.reference,
        "payment": refund.payment.reference,
        "amount": money.formatted(refund.amount, refund.payment.currency),
        "currency": refund.payment.currency,
    }
    order.note(kind, actor=actor, details={**facts, "reason": refund.reason})
    events.record(event_type, subject=f"order:{order.number}", payload=facts)
