from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from orders import gateways, tokens
from orders.gateways.base import Started
from orders.gateways.sandbox import SandboxGateway
from orders.models import Order, Payment, SandboxSession
from orders.services import payments
from orders.services.cancellation import cancel_order
from orders.services.payments import claim_payment, open_payment
from orders.tests.factories import OrderFactory, placed_order
from orders.tests.jobs import run_jobs, waiting_jobs
from orders.tests.sandbox import events_of
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]
NOW = datetime(2026, 11, 22, 14, 29, 41, tzinfo=UTC)


def ask_to_pay(client: APIClient, order: Order, *, key: str = "", **body: Any) -> Any:
    """Start a payment, as the guest who placed the order unless the client is signed in."""
    return client.post(
        f"/api/v1/orders/{order.number}/payments/",
        {"provider": "sandbox", **body},
        headers={
            "Idempotency-Key": key or uuid4().hex,
            "X-Order-Token": tokens.order_token(order.number),
        },
    )


@time_machine.travel(NOW, tick=False)
def test_a_guest_who_pays_by_card_is_sent_to_the_provider(api_client: APIClient) -> None:
    order = placed_order()

    response = ask_to_pay(api_client, order, return_url="https://store.example/thanks?a=1")

    payment = Payment.objects.get()
    session = SandboxSession.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "reference": payment.reference,
        "provider": "sandbox",
        "status": "pending",
        "currency": "USD",
        "amount": "15.00",
        "captured_total": "0.00",
        "refunded_total": "0.00",
        "next_action": {
            "type": "redirect",
            "url": f"{settings.BASE_URL}/sandbox/pay/{session.token}/",
        },
        "failure_code": "",
        "created_at": "2026-11-22T14:29:41Z",
    }
    assert (session.amount, session.currency) == (Decimal("15.00"), "USD")
    assert session.description == f"Order {order.number}"
    assert session.return_url == "https://store.example/thanks?a=1"
    assert events_of(order) == ["order.placed", "payment.started"]
    assert order.payment_due_at == NOW + timedelta(minutes=15)


@time_machine.travel(NOW, tick=False)
def test_a_bank_transfer_has_instructions_and_a_week(api_client: APIClient) -> None:
    order = placed_order()

    response = ask_to_pay(api_client, order, provider="manual")

    order.refresh_from_db()
    assert response.json()["next_action"] == {
        "type": "instructions",
        "text": f"{settings.BANK_TRANSFER_INSTRUCTIONS} Payment reference: {order.number}.",
    }
    assert order.payment_due_at == NOW + timedelta(days=7)


def test_customers_pay_their_own_orders_only(api_client: APIClient) -> None:
    owner = UserFactory.create()
    order = placed_order(customer=owner)

    api_client.force_authenticate(UserFactory.create())
    assert ask_to_pay(api_client, order).status_code == 404
    assert not Payment.objects.exists()

    api_client.force_authenticate(owner)
    assert ask_to_pay(api_client, order).status_code == 201


def test_a_guests_order_needs_its_token(api_client: APIClient) -> None:
    order = placed_order()

    response = api_client.post(
        f"/api/v1/orders/{order.number}/payments/",
        {"provider": "sandbox"},
        headers={"Idempotency-Key": "k", "X-Order-Token": tokens.order_token("OTHER")},
    )

    assert response.status_code == 404
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"provider": ""}, "/provider"),
        ({"return_url": "javascript:alert(1)"}, "/return_url"),
        ({"return_url": "ftp://store.example/"}, "/return_url"),
        ({"return_url": "thanks.html"}, "/return_url"),
        ({"return_url": f"https://store.example/{'x' * 1000}"}, "/return_url"),
    ],
)
def test_a_malformed_request_is_refused(
    api_client: APIClient, body: dict[str, str], pointer: str
) -> None:
    response = ask_to_pay(api_client, placed_order(), **body)

    assert response.status_code == 400
    assert {fault["pointer"] for fault in response.json()["errors"]} == {pointer}
    assert not Payment.objects.exists()


def test_a_provider_the_shop_does_not_offer_is_refused(
    api_client: APIClient, settings: Settings
) -> None:
    settings.PAYMENT_PROVIDERS = ["manual"]

    response = ask_to_pay(api_client, placed_order())

    assert (response.status_code, response.json()["code"]) == (400, "unknown_provider")
    assert response.json()["errors"] == [
        {
            "pointer": "/provider",
            "code": "unknown_provider",
            "detail": "Choose one of: manual.",
        }
    ]
    assert not Payment.objects.exists()


def test_what_is_no_longer_pending_cannot_be_paid(api_client: APIClient) -> None:
    order = placed_order()
    cancel_order(order=order, actor=None)

    response = ask_to_pay(api_client, order)

    assert (response.status_code, response.json()["code"]) == (409, "invalid_transition")
    assert response.json()["status"] == 409
    assert not Payment.objects.exists()


def test_an_order_for_nothing_has_nothing_due(api_client: APIClient) -> None:
    response = ask_to_pay(api_client, OrderFactory.create())

    assert (response.status_code, response.json()["code"]) == (409, "nothing_due")
    assert not Payment.objects.exists()


def test_starting_again_returns_the_payment_that_is_under_way(api_client: APIClient) -> None:
    order = placed_order()

    first = ask_to_pay(api_client, order)
    second = ask_to_pay(api_client, order)

    assert second.json() == first.json()
    assert Payment.objects.count() == SandboxSession.objects.count() == 1
    assert events_of(order).count("payment.started") == 1


def test_changing_the_provider_cancels_the_other_payment(api_client: APIClient) -> None:
    order = placed_order()
    card = ask_to_pay(api_client, order).json()["reference"]

    transfer = ask_to_pay(api_client, order, provider="manual")

    assert transfer.status_code == 201
    canceled = Payment.objects.get(reference=card)
    assert canceled.status == "canceled"
    assert waiting_jobs("cancel_at_provider") == [{"payment_id": canceled.pk}]
    payments.cancel_at_provider(payment_id=canceled.pk)
    assert SandboxSession.objects.get().status == "canceled"
    assert events_of(order) == [
        "order.placed",
        "payment.started",
        "payment.canceled",
        "payment.started",
    ]


def test_a_repeat_with_the_same_key_is_answered_from_the_same_payment(
    api_client: APIClient,
) -> None:
    order = placed_order()

    first = ask_to_pay(api_client, order, key="once")
    second = ask_to_pay(api_client, order, key="once")
    other = ask_to_pay(api_client, order, key="once", provider="manual")

    assert (second.status_code, second.json()) == (201, first.json())
    assert second["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Payment.objects.count() == 1


def test_a_key_is_required(api_client: APIClient) -> None:
    order = placed_order()

    response = api_client.post(
        f"/api/v1/orders/{order.number}/payments/",
        {"provider": "sandbox"},
        headers={"X-Order-Token": tokens.order_token(order.number)},
    )

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")


def test_a_start_that_crashed_at_the_provider_is_resumed_by_the_same_key(
    api_client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed_order()

    def crash(self: SandboxGateway, payment: Payment) -> Started:
        raise ConnectionError("the provider hung up")

    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "start", crash)
        with pytest.raises(ConnectionError):
            ask_to_pay(api_client, order, key="once")
    assert [payment.status for payment in Payment.objects.all()] == ["created"]

    response = ask_to_pay(api_client, order, key="once")

    assert (response.status_code, response.json()["status"]) == (201, "pending")
    assert Payment.objects.count() == SandboxSession.objects.count() == 1


def test_a_start_that_crashed_after_the_provider_finds_its_session_again() -> None:
    claimed = claim_payment(order=placed_order(), provider="sandbox")
    gateways.gateway("sandbox").start(claimed)  # and here the power went

    payment = open_payment(payment=claimed)

    assert payment.status == "pending"
    assert payment.provider_reference == SandboxSession.objects.get().token


def test_a_payment_canceled_while_it_starts_is_closed_at_the_provider_again() -> None:
    claimed = claim_payment(order=placed_order(), provider="sandbox")
    cancel_order(order=claimed.order, actor=None)
    assert waiting_jobs("cancel_at_provider") == [{"payment_id": claimed.pk}]

    payment = open_payment(payment=claimed)

    assert (payment.status, payment.next_action) == ("canceled", None)
    assert waiting_jobs("cancel_at_provider") == [{"payment_id": claimed.pk}] * 2


@pytest.mark.django_db(transaction=True)
def test_the_provider_is_not_called_inside_a_transaction(
    api_client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed_order()
    start, cancel = SandboxGateway.start, SandboxGateway.cancel
    was_inside = []

    def watched_start(self: SandboxGateway, payment: Payment) -> Started:
        was_inside.append(connection.in_atomic_block)
        return start(self, payment)

    def watched_cancel(self: SandboxGateway, payment: Payment) -> None:
        was_inside.append(connection.in_atomic_block)
        cancel(self, payment)

    monkeypatch.setattr(SandboxGateway, "start", watched_start)
    monkeypatch.setattr(SandboxGateway, "cancel", watched_cancel)
    assert ask_to_pay(api_client, order).status_code == 201
    cancel_order(order=order, actor=None)
    run_jobs()

    assert was_inside == [False, False]
    assert SandboxSession.objects.get().status == "canceled"
