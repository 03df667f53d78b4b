from collections.abc import Callable

import pytest

from orders.models import Order, Payment, ProviderEvent, Refund, SandboxSession
from orders.services import payments, provider_events
from orders.services.cancellation import cancel_order
from orders.services.payments import start_payment
from orders.tests.factories import placed_order
from orders.tests.interleaving import overtaken, unlocked
from orders.tests.sandbox import altered, decision_on, deliver, events_of, kept, started_payment
from users.tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]


def test_many_starts_at_once_open_one_payment() -> None:
    order = placed_order()

    started = race(8, lambda _: start_payment(order=order, provider="sandbox"))

    assert {payment.reference for payment in started} == {Payment.objects.get().reference}
    assert {payment.status for payment in started} == {"pending"}
    assert SandboxSession.objects.count() == 1
    assert events_of(order).count("payment.started") == 1


def test_two_providers_at_once_leave_one_open_payment() -> None:
    order = placed_order()
    providers = ["sandbox", "manual"] * 3

    race(6, lambda number: start_payment(order=order, provider=providers[number]))

    assert Payment.objects.open().count() == 1


def test_control_without_the_lock_a_second_start_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    order = placed_order()
    monkeypatch.setattr(payments, "lock_with_payments", unlocked(2))

    outcomes = race(2, lambda _: start_payment(order=order, provider="sandbox"))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "Payment"]


def test_twenty_copies_of_a_notice_have_one_effect() -> None:
    payment = started_payment()
    body = decision_on(payment)

    answers = race(20, lambda _: deliver(body))

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["outcome"] for answer in answers} == {"applied"}
    assert events_of(Order.objects.get()).count("order.paid") == 1
    assert ProviderEvent.objects.count() == 1
    assert not Refund.objects.exists()


def test_two_events_about_one_capture_at_once_have_one_effect() -> None:
    payment = started_payment()
    body = decision_on(payment)

    answers = race(8, lambda number: deliver(altered(body, id=f"evt_{number}")))

    assert sorted(answer.json()["outcome"] for answer in answers) == ["applied"] + ["ignored"] * 7
    assert events_of(Order.objects.get()).count("order.paid") == 1
    assert not Refund.objects.exists()


def test_control_without_the_lock_a_capture_has_two_effects(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payment = started_payment()
    body = decision_on(payment)
    monkeypatch.setattr(provider_events, "lock_with_payments", unlocked(2))

    answers = race(2, lambda number: deliver(altered(body, id=f"evt_{number}")))

    assert [answer.json()["outcome"] for answer in answers] == ["applied", "applied"]
    assert events_of(Order.objects.get()).count("order.paid") == 2


@pytest.mark.parametrize("attempt", range(5))
def test_money_is_never_lost_between_paying_and_canceling(attempt: int) -> None:
    order = placed_order()
    payment = started_payment(order)
    approval = decision_on(payment)
    acts: list[Callable[[], object]] = [
        lambda: deliver(approval),
        lambda: cancel_order(order=order, actor=None),
    ]

    race(2, lambda number: acts[(number + attempt) % 2]())

    order.refresh_from_db()
    payment.refresh_from_db()
    assert payment.status == "captured"
    assert (order.status, order.payment_status) == ("canceled", "refunded")
    assert kept(order) == 0
    assert Refund.objects.get().amount == order.total


def test_control_without_the_lock_money_is_lost_between_paying_and_canceling(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = placed_order()
    approval = decision_on(started_payment(order))
    monkeypatch.setattr(
        provider_events,
        "lock_with_payments",
        overtaken(lambda: cancel_order(order=order, actor=None)),
    )

    deliver(approval)

    order.refresh_from_db()
    assert order.status == "confirmed"
    assert "order.canceled" in events_of(order)  # and its stock is free for others
