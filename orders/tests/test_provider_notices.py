from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from orders.models import Order, Payment, ProviderEvent, Refund
from orders.services.cancellation import cancel_order
from orders.services.payments import capture_manually, start_payment
from orders.tests.factories import placed_order
from orders.tests.sandbox import (
    WEBHOOK,
    altered,
    decision_on,
    deliver,
    events_of,
    kept,
    started_payment,
)
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


def test_an_approved_payment_confirms_the_order() -> None:
    payment = started_payment()

    response = deliver(decision_on(payment))

    order = Order.objects.get()
    payment.refresh_from_db()
    assert (response.status_code, response.json()) == (200, {"outcome": "applied"})
    assert (payment.status, payment.captured_total) == ("captured", payment.amount)
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    assert order.payment_due_at is None
    assert events_of(order) == [
        "order.placed",
        "payment.started",
        "payment.captured",
        "order.paid",
        "order.confirmed",
    ]
    assert list(order.events.order_by("pk").values_list("kind", "to_status")) == [
        ("placed", ""),
        ("paid", ""),
        ("confirmed", "confirmed"),
    ]
    assert ProviderEvent.objects.get().payment == payment


def test_a_declined_payment_leaves_the_order_open_for_another() -> None:
    order = placed_order()
    payment = started_payment(order)

    response = deliver(decision_on(payment, is_approved=False))

    order.refresh_from_db()
    payment.refresh_from_db()
    assert response.json() == {"outcome": "applied"}
    assert (payment.status, payment.failure_code) == ("failed", "card_declined")
    assert (order.status, order.payment_status) == ("pending", "failed")
    assert events_of(order)[-1] == "payment.failed"

    second = started_payment(order)
    assert second.reference != payment.reference
    deliver(decision_on(second))
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")


@pytest.mark.parametrize(
    "forgery",
    [
        {"secret": "not the secret of the shop"},
        {"secret": ""},
        {"age": 301},
        {"age": -302},  # its clock may stand a second further than ours by now
        {"signature": "t=1,v1=00"},
        {"signature": "nonsense"},
    ],
)
def test_a_forged_or_old_notice_is_refused(forgery: dict[str, Any]) -> None:
    payment = started_payment()

    response = deliver(decision_on(payment), **forgery)

    assert (response.status_code, response.json()["code"]) == (401, "signature_invalid")
    assert_nothing_came_of_it(payment)


def test_a_notice_without_a_signature_is_refused(api_client: APIClient) -> None:
    payment = started_payment()

    response = api_client.post(WEBHOOK, decision_on(payment), content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (401, "signature_invalid")
    assert_nothing_came_of_it(payment)


def test_a_notice_of_almost_five_minutes_ago_is_applied() -> None:
    assert deliver(decision_on(started_payment()), age=295).json() == {"outcome": "applied"}


def test_an_altered_body_is_refused(api_client: APIClient) -> None:
    payment = started_payment()
    declined = decision_on(payment, is_approved=False)
    signature = deliver(declined).wsgi_request.headers["Sandbox-Signature"]

    response = deliver(altered(declined, type="payment.approved"), signature=signature)

    assert response.status_code == 401
    assert Order.objects.get().status == "pending"
    assert ProviderEvent.objects.count() == 1


def assert_nothing_came_of_it(payment: Payment) -> None:
    payment.refresh_from_db()
    assert payment.status == "pending"
    assert Order.objects.get().status == "pending"
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"{",
        b'{"id": 1, "type": "payment.approved", "payment": "x", "amount": "1", "currency": "USD"}',
        b'{"id": "e", "type": [], "payment": "x", "amount": "1", "currency": "USD"}',
        b'{"id": "e", "type": "t", "payment": "x", "amount": "much", "currency": "USD"}',
        b'{"id": "e\\u0000", "type": "t", "payment": "x", "amount": "1", "currency": "USD"}',
    ],
)
def test_a_signed_body_that_is_no_notice_is_refused(body: bytes) -> None:
    response = deliver(body)

    assert (response.status_code, response.json()["code"]) == (400, "notice_unreadable")
    assert not ProviderEvent.objects.exists()


def test_a_body_over_64_kilobytes_is_refused() -> None:
    response = deliver(b" " * (64 * 1024 + 1))

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("provider", ["manual", "stripe"])
def test_providers_that_send_no_notices_have_no_webhook(
    api_client: APIClient, provider: str
) -> None:
    response = api_client.post(f"/api/v1/payments/webhooks/{provider}/", {})

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_an_unknown_type_is_kept_and_ignored() -> None:
    payment = started_payment()

    response = deliver(altered(decision_on(payment), type="payment.disputed"))

    payment.refresh_from_db()
    assert (response.status_code, response.json()) == (200, {"outcome": "ignored"})
    assert ProviderEvent.objects.get().type == "payment.disputed"
    assert payment.status == "pending"


def test_a_notice_of_an_unknown_payment_is_kept_and_ignored() -> None:
    payment = started_payment()

    response = deliver(altered(decision_on(payment), payment="0" * 32))

    payment.refresh_from_db()
    assert (response.status_code, response.json()) == (200, {"outcome": "ignored"})
    assert ProviderEvent.objects.get().payment is None
    assert payment.status == "pending"


@pytest.mark.parametrize(
    "difference", [{"amount": "14.99"}, {"amount": "NaN"}, {"currency": "EUR"}]
)
def test_another_amount_or_currency_is_quarantined(difference: dict[str, str]) -> None:
    payment = started_payment()

    response = deliver(altered(decision_on(payment), **difference))

    payment.refresh_from_db()
    assert (response.status_code, response.json()) == (200, {"outcome": "quarantined"})
    assert (payment.status, payment.captured_total) == ("pending", Decimal(0))
    assert Order.objects.get().status == "pending"
    event = ProviderEvent.objects.get()
    assert (event.payment, event.outcome) == (payment, "quarantined")
    assert "does not fit" in event.detail


def test_a_decline_that_comes_after_the_approval_is_ignored() -> None:
    payment = started_payment()
    approval = decision_on(payment)
    deliver(approval)

    late = deliver(altered(approval, id="evt_late", type="payment.declined"))

    payment.refresh_from_db()
    assert late.json() == {"outcome": "ignored"}
    assert payment.status == "captured"
    assert Order.objects.get().payment_status == "paid"


def test_a_second_event_about_the_same_capture_is_ignored() -> None:
    payment = started_payment()
    approval = decision_on(payment)
    deliver(approval)

    assert deliver(altered(approval, id="evt_other")).json() == {"outcome": "ignored"}
    assert not Refund.objects.exists()


def test_money_for_a_canceled_order_goes_back_by_itself() -> None:
    order = placed_order()
    payment = started_payment(order)
    approval = decision_on(payment)
    cancel_order(order=order, actor=None)

    response = deliver(approval)

    order.refresh_from_db()
    payment.refresh_from_db()
    refund = Refund.objects.get()
    assert response.json() == {"outcome": "applied"}
    assert (order.status, order.payment_status) == ("canceled", "refunded")
    assert (payment.status, payment.captured_total) == ("captured", payment.amount)
    assert (refund.payment, refund.amount, refund.status) == (payment, payment.amount, "pending")
    assert refund.reason == "The money came when the order was already canceled."


def test_money_that_comes_twice_goes_back_once() -> None:
    order = placed_order()
    payment = started_payment(order)
    approval = decision_on(payment)
    capture_manually(order=order, actor=UserFactory.create())

    deliver(approval)

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    assert Refund.objects.get().payment == payment
    assert kept(order) == order.total


def test_a_canceled_payment_that_was_approved_all_the_same_pays_the_order() -> None:
    order = placed_order()
    payment = started_payment(order)
    approval = decision_on(payment)
    transfer = start_payment(order=order, provider="manual")

    deliver(approval)

    order.refresh_from_db()
    transfer.refresh_from_db()
    assert (order.status, kept(order)) == ("confirmed", order.total)
    assert transfer.status == "canceled"


def test_a_notice_is_applied_in_a_fixed_number_of_queries(
    django_assert_num_queries: Any,
) -> None:
    body = decision_on(started_payment())

    with django_assert_num_queries(21):
        deliver(body)
