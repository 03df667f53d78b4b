"""How orders of the demo shop go on after they were placed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.conf import settings

from ecommerce_backend.demo.clock import at
from orders.gateways import sandbox, signatures
from orders.models import Order, Refund
from orders.services.cancellation import cancel_order
from orders.services.expiry import expire_unpaid_orders
from orders.services.fulfillment import deliver_shipments, ship_order
from orders.services.payments import capture_manually, start_payment
from orders.services.provider_events import receive_notice
from orders.services.refunds import mark_refund_paid, process_refund
from users.models import User

_CARRIERS = ("Meridian Parcel", "Swiftlark", "Northwind Post")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Whoever works on the orders, and when the one on the desk was placed."""

    clerk: User
    random: Random
    placed_at: datetime

    def after(self, **delay: float) -> datetime:
        return self.placed_at + timedelta(**delay)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What becomes of some of the orders. `days_ago` says between when they were placed."""

    name: str
    count: int
    days_ago: tuple[float, float]
    tell: Callable[[Order, Desk], None]
    fewest_lines: int = 1


def _completed(order: Order, desk: Desk) -> None:
    _shipped(order, desk)
    with at(desk.after(days=desk.random.uniform(3, 6))):
        deliver_shipments(order=order, actor=desk.clerk)


def _completed_after_decline(order: Order, desk: Desk) -> None:
    with at(desk.after(minutes=2)):
        _pay_by_card(order, is_approved=False)
    _completed(order, desk)


def _shipped(order: Order, desk: Desk) -> None:
    _paid(order, desk)
    _ship(order, desk)


def _partly_shipped(order: Order, desk: Desk) -> None:
    _paid(order, desk)
    first, *_ = order.lines.order_by("position")
    _ship(order, desk, lines={first.sku: first.quantity})


def _paid(order: Order, desk: Desk) -> None:
    with at(desk.after(minutes=desk.random.uniform(3, 12))):
        if "sandbox" in settings.PAYMENT_PROVIDERS and desk.random.random() < 0.8:  # noqa: PLR2004
            _pay_by_card(order, is_approved=True)
        else:
            _pay_by_transfer(order, desk)


def _waiting(order: Order, desk: Desk) -> None:
    """Leave it: the customer is typing the card number."""


def _waiting_for_transfer(order: Order, desk: Desk) -> None:
    with at(desk.after(minutes=4)):
        start_payment(order=order, provider="manual")


def _declined(order: Order, desk: Desk) -> None:
    with at(desk.after(minutes=2)):
        _pay_by_card(order, is_approved=False)


def _canceled(order: Order, desk: Desk) -> None:
    with at(desk.after(minutes=9)):
        cancel_order(order=order, actor=order.customer, reason="Ordered the wrong size.")


def _refunded(order: Order, desk: Desk) -> None:
    _paid(order, desk)
    with at(desk.after(hours=7)):
        cancel_order(order=order, actor=desk.clerk, reason="The customer changed their mind.")
        for refund in Refund.objects.filter(payment__order=order):
            process_refund(refund_id=refund.pk)
    with at(desk.after(days=1)):
        for refund in Refund.objects.filter(payment__order=order, status=Refund.Status.PENDING):
            mark_refund_paid(refund=refund, actor=desk.clerk)


def _expired(order: Order, desk: Desk) -> None:  # noqa: ARG001 - it is the only one overdue
    with at(desk.after(minutes=20)):
        expire_unpaid_orders()


def _pay_by_card(order: Order, *, is_approved: bool) -> None:
    """Do what the customer does on the sandbox's page, and bring its notice to the shop."""
    payment = start_payment(order=order, provider="sandbox")
    session = sandbox.decide(token=payment.provider_reference, is_approved=is_approved)
    body = sandbox.notice(session)
    signature = signatures.sign(body, secret=settings.SANDBOX_WEBHOOK_SECRET)
    receive_notice(provider="sandbox", raw_body=body, headers={sandbox.SIGNATURE_HEADER: signature})


def _pay_by_transfer(order: Order, desk: Desk) -> None:
    start_payment(order=order, provider="manual")
    statement = f"SEPA {desk.random.randrange(10**6, 10**7)}"
    capture_manually(order=order, actor=desk.clerk, reference=statement)


def _ship(order: Order, desk: Desk, lines: dict[str, int] | None = None) -> None:
    with at(desk.after(hours=desk.random.uniform(10, 40))):
        tracking = f"DM{desk.random.randrange(10**8, 10**9)}"
        ship_order(
            order=order,
            actor=desk.clerk,
            lines=lines,
            carrier=desk.random.choice(_CARRIERS),
            tracking_number=tracking,
            tracking_url=f"https://parcels.example.com/{tracking}",
        )


_MINUTE = 1 / 24 / 60

STORIES = [
    Story(name="completed", count=58, days_ago=(8, 60), tell=_completed),
    Story(name="completed_after_decline", count=4, days_ago=(8, 50), tell=_completed_after_decline),
    Story(name="shipped", count=12, days_ago=(2, 5), tell=_shipped),
    Story(name="partly_shipped", count=6, days_ago=(2, 7), tell=_partly_shipped, fewest_lines=2),
    Story(name="confirmed", count=12, days_ago=(0.1, 1.5), tell=_paid),
    Story(name="waiting", count=3, days_ago=(_MINUTE, 4 * _MINUTE), tell=_waiting),
    Story(name="waiting_for_transfer", count=5, days_ago=(0.2, 5), tell=_waiting_for_transfer),
    Story(name="declined", count=2, days_ago=(4 * _MINUTE, 8 * _MINUTE), tell=_declined),
    Story(name="canceled", count=6, days_ago=(2, 50), tell=_canceled),
    Story(name="refunded", count=6, days_ago=(3, 50), tell=_refunded),
    Story(name="expired", count=6, days_ago=(1, 55), tell=_expired),
]
