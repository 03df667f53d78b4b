"""The inbox of payment providers: each notice is applied once, in whatever order they come."""

from collections.abc import Mapping

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from ecommerce_backend.common.transactions import unit_of_work
from orders.gateways import gateway
from orders.gateways.base import PaymentOutcome, ProviderNotice, SendsNoNotices
from orders.models import Order, Payment, ProviderEvent
from orders.services.locking import lock_with_payments
from orders.services.payments import record_capture, record_decline

Outcome = ProviderEvent.Outcome
_log = structlog.get_logger("security")


def receive_notice(*, provider: str, raw_body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Check a provider's signature and do what its notice says.

    Raises SendsNoNotices, SignatureInvalid and NoticeUnreadable.
    """
    if provider not in settings.PAYMENT_PROVIDERS:
        raise SendsNoNotices
    notice = gateway(provider).read_event(raw_body, headers)
    return Outcome(apply_provider_notice(provider=provider, notice=notice).outcome)


@unit_of_work
def apply_provider_notice(*, provider: str, notice: ProviderNotice) -> ProviderEvent:
    """Put a notice into the inbox and apply it, unless it has been there before.

    What does not fit the payment is quarantined: kept for people to look at, without effect.
    """
    try:
        with transaction.atomic():
            event = ProviderEvent.objects.create(
                provider=provider,
                event_id=notice.event_id,
                type=notice.type,
                payload=notice.payload,
            )
    except IntegrityError:  # it has, or somebody was faster
        return ProviderEvent.objects.get(provider=provider, event_id=notice.event_id)
    _apply(event, notice)
    event.save(update_fields=["payment", "outcome", "detail"])
    return event


def _apply(event: ProviderEvent, notice: ProviderNotice) -> None:
    payment = Payment.objects.filter(
        provider=event.provider, reference=notice.payment_reference
    ).first()
    event.payment = payment
    if payment is None:
        event.detail = "No such payment."
    elif notice.outcome is None:
        event.detail = "A type of notice that the shop does not act on."
    elif (notice.amount, notice.currency) != (payment.amount, payment.currency):
        event.outcome = Outcome.QUARANTINED
        event.detail = f"{notice.amount} {notice.currency} does not fit the payment."
        _log.warning(
            "payment_notice_quarantined", event_id=event.event_id, payment=payment.reference
        )
    else:
        order, payments = lock_with_payments(payment.order_id)
        current = next(row for row in payments if row.pk == payment.pk)
        _apply_outcome(event, notice, current, order)


def _apply_outcome(
    event: ProviderEvent, notice: ProviderNotice, payment: Payment, order: Order
) -> None:
    if notice.outcome is PaymentOutcome.CAPTURED and payment.status != Payment.Status.CAPTURED:
        # Even one that we canceled or saw fail: the money is there now.
        record_capture(payment=payment, order=order)
    elif notice.outcome is PaymentOutcome.DECLINED and payment.status in Payment.OPEN:
        record_decline(payment=payment, order=order, failure_code=notice.failure_code)
    else:
        event.detail = f"The payment was already {payment.status}."
        return
    event.outcome = Outcome.APPLIED
