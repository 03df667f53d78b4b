from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from ecommerce_backend.common.models import Event
from orders.gateways.base import RefundOutcome
from orders.gateways.sandbox import SandboxGateway
from orders.models import Order, Payment, Refund, SandboxSession
from orders.services import refunds
from orders.services.cancellation import cancel_order
from orders.services.payments import capture_manually
from orders.services.refunds import (
    AmountNotPayable,
    PaymentNotFound,
    RefundNotOpen,
    RefundTooLarge,
    mark_refund_paid,
    process_refund,
    refund_order,
    refund_payment,
)
from orders.tests.factories import placed_order
from orders.tests.interleaving import unlocked
from orders.tests.jobs import run_jobs, waiting_jobs
from orders.tests.sandbox import pay, started_payment
from users.tests.factories import UserFactory
from users.tests.races import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


def refund(payment: Payment, amount: str) -> Refund:
    return refund_payment(payment=payment, amount=Decimal(amount), reason="A scratch", actor=None)


def test_a_part_of_a_payment_goes_back() -> None:
    order = placed_order()
    payment = pay(order)

    promised = refund(payment, "4.99")

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (promised.status, promised.amount) == ("pending", Decimal("4.99"))
    assert payment.refunded_total == Decimal("4.99")
    assert (order.status, order.payment_status) == ("confirmed", "partially_refunded")
    assert waiting_jobs("process_refund") == [{"refund_id": promised.pk}]

    process_refund(refund_id=promised.pk)

    promised.refresh_from_db()
    assert promised.status == "succeeded"
    assert SandboxSession.objects.get().refunds == {promised.reference: "4.990"}
    types = Event.objects.filter(subject=f"order:{order.number}").order_by("-pk")
    assert list(types.values_list("type", flat=True)[:2]) == ["order.refunded", "refund.promised"]


def test_all_of_it_goes_back_in_parts_and_never_more() -> None:
    order = placed_order()
    payment = pay(order)
    refund(payment, "10.00")
    refund(payment, "5.00")

    with pytest.raises(RefundTooLarge) as refusal:
        refund(payment, "0.01")

    order.refresh_from_db()
    payment.refresh_from_db()
    assert refusal.value.faults == [
        {
            "pointer": "/amount",
            "code": "refund_too_large",
            "detail": "At most 0.00 can go back.",
        }
    ]
    assert Refund.objects.count() == 2
    assert payment.refunded_total == payment.captured_total == Decimal("15")
    assert order.payment_status == "refunded"


def test_what_was_not_captured_cannot_go_back() -> None:
    payment = started_payment()

    with pytest.raises(RefundTooLarge):
        refund(payment, "1.00")

    assert not Refund.objects.exists()
    assert Order.objects.get().payment_status == "unpaid"


def test_a_currency_has_no_half_cents() -> None:
    with pytest.raises(AmountNotPayable):
        refund(pay(placed_order()), "1.005")

    assert not Refund.objects.exists()


def test_a_refund_the_provider_refuses_is_free_to_be_promised_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = placed_order()
    payment = pay(order)
    promised = refund(payment, "15.00")
    monkeypatch.setattr(SandboxGateway, "refund", lambda *_: RefundOutcome.FAILED)

    process_refund(refund_id=promised.pk)

    order.refresh_from_db()
    payment.refresh_from_db()
    promised.refresh_from_db()
    assert promised.status == "failed"
    assert payment.refunded_total == 0
    assert order.payment_status == "paid"
    assert order.events.order_by("-pk").first().kind == "refund_failed"  # type: ignore[union-attr]


def test_the_provider_is_asked_again_after_a_crash_and_pays_once() -> None:
    payment = pay(placed_order())
    promised = refund(payment, "5.00")
    SandboxGateway().refund(promised)  # and here the power went

    process_refund(refund_id=promised.pk)
    process_refund(refund_id=promised.pk)

    promised.refresh_from_db()
    assert promised.status == "succeeded"
    assert SandboxSession.objects.get().refunds == {promised.reference: "5.000"}


def test_the_sandbox_pays_back_only_what_it_took() -> None:
    payment = started_payment()
    unpaid = Refund.objects.create(payment=payment, amount=Decimal("1.00"))
    assert SandboxGateway().refund(unpaid) is RefundOutcome.FAILED

    SandboxSession.objects.update(status="approved")
    too_much = Refund.objects.create(payment=payment, amount=Decimal("15.01"))
    assert SandboxGateway().refund(too_much) is RefundOutcome.FAILED
    assert SandboxSession.objects.get().refunds == {}


def test_a_bank_transfer_is_paid_back_by_staff() -> None:
    staff = UserFactory.create()
    payment = capture_manually(order=placed_order(), actor=staff)
    promised = refund(payment, "15.00")

    process_refund(refund_id=promised.pk)
    promised.refresh_from_db()
    assert promised.status == "pending"

    assert mark_refund_paid(refund=promised, actor=staff).status == "succeeded"
    with pytest.raises(RefundNotOpen):
        mark_refund_paid(refund=promised, actor=staff)


def test_a_card_refund_cannot_be_marked_by_hand() -> None:
    promised = refund(pay(placed_order()), "1.00")

    with pytest.raises(RefundNotOpen):
        mark_refund_paid(refund=promised, actor=UserFactory.create())

    promised.refresh_from_db()
    assert promised.status == "pending"


def test_a_canceled_order_gets_back_what_is_left() -> None:
    order = placed_order()
    payment = pay(order)
    refund(payment, "4.00")

    cancel_order(order=order, actor=None)

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("canceled", "refunded")
    assert list(Refund.objects.order_by("pk").values_list("amount", "reason")) == [
        (Decimal("4"), "A scratch"),
        (Decimal("11"), "Order canceled."),
    ]


def test_an_order_is_refunded_by_the_payment_with_the_most_left() -> None:
    order = placed_order()
    staff = UserFactory.create()
    failed = started_payment(order)
    payment = capture_manually(order=order, actor=staff)

    promised = refund_order(order=order, amount=Decimal("2.00"), reason="Late", actor=staff)

    assert promised.payment == payment != failed
    with pytest.raises(PaymentNotFound):
        refund_order(
            order=order,
            amount=Decimal("2.00"),
            reason="Late",
            actor=staff,
            payment_reference="0" * 32,
        )


@pytest.mark.django_db(transaction=True)
def test_refunds_at_once_never_exceed_what_came_in() -> None:
    payment = pay(placed_order())

    outcomes = race(6, lambda _: refund(payment, "6.00"))

    payment.refresh_from_db()
    names = sorted(type(outcome).__name__ for outcome in outcomes)
    assert names == ["Refund"] * 2 + ["RefundTooLarge"] * 4
    assert payment.refunded_total == Decimal("12")


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_more_is_promised_than_came_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payment = pay(placed_order())
    monkeypatch.setattr(refunds, "lock_with_payments", unlocked(2))

    race(2, lambda _: refund(payment, "10.00"))

    promised = sum(row.amount for row in Refund.objects.all())
    assert promised == Decimal("20") > payment.captured_total


@pytest.mark.django_db(transaction=True)
def test_the_provider_is_not_asked_inside_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    promised = refund(pay(placed_order()), "5.00")
    was_inside = []

    def watched(self: SandboxGateway, refund: Any) -> RefundOutcome:
        was_inside.append(connection.in_atomic_block)
        return RefundOutcome.SUCCEEDED

    monkeypatch.setattr(SandboxGateway, "refund", watched)
    run_jobs()

    promised.refresh_from_db()
    assert (was_inside, promised.status) == ([False], "succeeded")
