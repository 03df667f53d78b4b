"""The other end of the wire: what the sandbox provider sends."""

import time
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings
from rest_framework.test import APIClient

from ecommerce_backend.common.models import Event
from orders.gateways import sandbox, signatures
from orders.models import Order, Payment, SandboxSession
from orders.services.payments import start_payment
from orders.tests.factories import placed_order

WEBHOOK = "/api/v1/payments/webhooks/sandbox/"


def started_payment(order: Order | None = None) -> Payment:
    """Return a payment of fifteen dollars that waits for the customer on the sandbox's page."""
    return start_payment(order=order or placed_order(), provider="sandbox")


def decision_on(payment: Payment, *, is_approved: bool = True) -> bytes:
    """Let the customer decide, and return the body of the notice."""
    sandbox.decide(token=payment.provider_reference, is_approved=is_approved)
    return sandbox.notice(SandboxSession.objects.get(payment_reference=payment.reference))


def altered(body: bytes, **members: Any) -> bytes:
    return orjson.dumps({**orjson.loads(body), **members})


def deliver(body: bytes, *, age: int = 0, secret: str | None = None, signature: str = "") -> Any:
    """Post a notice, signed `age` seconds ago, and return the response."""
    secret = settings.SANDBOX_WEBHOOK_SECRET if secret is None else secret
    moment = int(time.time()) - age
    return APIClient().post(
        WEBHOOK,
        body,
        content_type="application/json",
        headers={
            "Sandbox-Signature": signature or signatures.sign(body, secret=secret, moment=moment)
        },
    )


def pay(order: Order) -> Payment:
    """Pay an order through the sandbox, and return the captured payment."""
    payment = started_payment(order)
    assert deliver(decision_on(payment)).json() == {"outcome": "applied"}
    payment.refresh_from_db()
    return payment


def events_of(order: Order) -> list[str]:
    """Return the types of what the feed says about an order, oldest first."""
    events = Event.objects.filter(subject=f"order:{order.number}").order_by("pk")
    return list(events.values_list("type", flat=True))


def kept(order: Order) -> Decimal:
    """Return what the shop holds of the customer's money for an order."""
    rests = [row.captured_total - row.refunded_total for row in order.payments.all()]
    return sum(rests, Decimal(0))
