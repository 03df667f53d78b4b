"""A card provider of our own, for trying the shop out: it takes no money.

What a real provider would remember is in SandboxSession, and only this module touches it. It tells
the shop about decisions as a real one does, by a signed notice over HTTP.
"""

import hashlib
import secrets
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import httpx
import orjson
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from ecommerce_backend.common import money
from orders.gateways import signatures
from orders.gateways.base import (
    NoticeUnreadable,
    PaymentOutcome,
    ProviderNotice,
    RefundOutcome,
    Started,
)
from orders.models import Payment, Refund, SandboxSession

SIGNATURE_HEADER = "Sandbox-Signature"

Status = SandboxSession.Status
_OUTCOMES = {
    "payment.approved": PaymentOutcome.CAPTURED,
    "payment.declined": PaymentOutcome.DECLINED,
}
_DELIVERY_TIMEOUT_SECONDS = 10


class SandboxGateway:
    """Sends the customer to a page of its own with two buttons: approve and decline."""

    name = "sandbox"

    def start(self, payment: Payment) -> Started:
        session, _ = SandboxSession.objects.get_or_create(
            payment_reference=payment.reference,
            defaults={
                "token": secrets.token_urlsafe(32),
                "description": f"Order {payment.order.number}",
                "currency": payment.currency,
                "amount": payment.amount,
                "return_url": payment.return_url,
            },
        )
        return Started(
            provider_reference=session.token,
            next_action={
                "type": "redirect",
                "url": f"{settings.BASE_URL}/sandbox/pay/{session.token}/",
            },
        )

    def cancel(self, payment: Payment) -> None:
        SandboxSession.objects.filter(
            payment_reference=payment.reference, status=Status.OPEN
        ).update(status=Status.CANCELED)

    @transaction.atomic
    def refund(self, refund: Refund) -> RefundOutcome:
        session = (
            SandboxSession.objects.select_for_update(no_key=True, of=("self",))
            .filter(payment_reference=refund.payment.reference, status=Status.APPROVED)
            .first()
        )
        if session is None:
            return RefundOutcome.FAILED
        given = {**session.refunds, refund.reference: str(refund.amount)}
        if sum(map(Decimal, given.values()), Decimal(0)) > session.amount:
            return RefundOutcome.FAILED
        session.refunds = given
        session.save(update_fields=["refunds"])
        return RefundOutcome.SUCCEEDED

    def read_event(self, raw_body: bytes, headers: Mapping[str, str]) -> ProviderNotice:
        signatures.verify(
            raw_body,
            header=headers.get(SIGNATURE_HEADER, ""),
            secret=settings.SANDBOX_WEBHOOK_SECRET,
        )
        try:
            return _read(raw_body)
        except (InvalidOperation, KeyError, TypeError, ValueError) as error:
            raise NoticeUnreadable from error


@transaction.atomic
def decide(*, token: str, is_approved: bool) -> SandboxSession:
    """Let the customer's first decision stand, and send one notice of it.

    Raises SandboxSession.DoesNotExist.
    """
    decided = SandboxSession.objects.filter(token=token, status=Status.OPEN).update(
        status=Status.APPROVED if is_approved else Status.DECLINED
    )
    session = SandboxSession.objects.get(token=token)
    if decided:
        app.configure_task("orders.tasks.deliver_sandbox_notice").defer(session_id=session.pk)
    return session


def deliver_notice(*, session_id: int) -> None:
    """Tell the shop what the customer decided. Whoever calls this tries again when it fails.

    Raises httpx.HTTPError.
    """
    session = SandboxSession.objects.get(pk=session_id)
    body = notice(session)
    response = httpx.post(
        f"{settings.BASE_URL}/api/v1/payments/webhooks/sandbox/",
        content=body,
        headers={
            "Content-Type": "application/json",
            SIGNATURE_HEADER: signatures.sign(body, secret=settings.SANDBOX_WEBHOOK_SECRET),
        },
        timeout=_DELIVERY_TIMEOUT_SECONDS,
    )
    response.raise_for_status()


def notice(session: SandboxSession) -> bytes:
    """Return the body of the notice of a decision; the same decision gives the same event id."""
    identity = hashlib.sha256(f"{session.token}:{session.status}".encode()).hexdigest()
    return orjson.dumps(
        {
            "id": f"evt_{identity[:32]}",
            "type": f"payment.{session.status}",
            "payment": session.payment_reference,
            "amount": money.formatted(session.amount, session.currency),
            "currency": session.currency,
        }
    )


def _read(raw_body: bytes) -> ProviderNotice:
    payload = orjson.loads(raw_body)
    kind = _text(payload["type"], longest=64)
    outcome = _OUTCOMES.get(kind)
    return ProviderNotice(
        event_id=_text(payload["id"], longest=128),
        type=kind,
        payment_reference=_text(payload["payment"], longest=32),
        amount=Decimal(_text(payload["amount"], longest=32)),
        currency=_text(payload["currency"], longest=3),
        outcome=outcome,
        failure_code="card_declined" if outcome is PaymentOutcome.DECLINED else "",
        payload=payload,
    )


def _text(value: object, *, longest: int) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 1 <= len(value) <= longest:
        raise ValueError("A member of the notice has the wrong form.")
    return value
