from typing import Any

import pytest
from rest_framework.test import APIClient

from orders.models import Payment, Refund
from orders.services.payments import start_payment
from orders.services.refunds import process_refund
from orders.tests.factories import placed_order
from orders.tests.sandbox import pay
from orders.tests.staff import URL, do
from users.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


def test_a_bank_transfer_is_marked_paid(manager: User, manager_client: APIClient) -> None:
    order = placed_order()
    started = start_payment(order=order, provider="manual")

    response = do(manager_client, order, "captures", amount="15.00", reference="GB29 NWBK")

    order.refresh_from_db()
    assert response.status_code == 201
    assert response.json()["reference"] == started.reference
    assert (response.json()["status"], response.json()["captured_total"]) == ("captured", "15.00")
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    paid = order.events.get(kind="paid")
    assert (paid.actor, paid.details["bank_reference"]) == (manager, "GB29 NWBK")


def test_a_transfer_that_was_never_announced_closes_the_card_payment(
    manager_client: APIClient,
) -> None:
    order = placed_order()
    card = start_payment(order=order, provider="sandbox")

    assert do(manager_client, order, "captures").status_code == 201

    card.refresh_from_db()
    assert card.status == "canceled"
    assert Payment.objects.get(status="captured").provider == "manual"


@pytest.mark.parametrize(
    ("amount", "status", "code"),
    [("14.99", 409, "amount_differs"), (15.0, 400, "invalid"), ("-15.00", 400, "invalid")],
)
def test_another_amount_marks_nothing_paid(
    manager_client: APIClient, amount: Any, status: int, code: str
) -> None:
    order = placed_order()

    response = do(manager_client, order, "captures", amount=amount)

    order.refresh_from_db()
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["errors"][0]["pointer"] == "/amount"
    assert order.status == "pending"
    assert not Payment.objects.exists()


def test_an_order_is_marked_paid_once(manager_client: APIClient) -> None:
    order = placed_order()

    first = do(manager_client, order, "captures", key="once")
    again = do(manager_client, order, "captures", key="once")
    other = do(manager_client, order, "captures")

    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (409, "invalid_transition")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("noun", ["captures", "refunds"])
def test_moving_money_needs_a_key(manager_client: APIClient, noun: str) -> None:
    order = placed_order()
    body = {"amount": "1.00"} | ({"reason": "Late"} if noun == "refunds" else {})

    response = manager_client.post(f"{URL}{order.number}/{noun}/", body)

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")


def test_money_is_paid_back(manager_client: APIClient) -> None:
    order = placed_order()
    payment = pay(order)

    response = do(manager_client, order, "refunds", key="once", amount="5.00", reason="A scratch")
    do(manager_client, order, "refunds", key="once", amount="5.00", reason="A scratch")

    refund = Refund.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "reference": refund.reference,
        "payment": payment.reference,
        "status": "pending",
        "amount": "5.00",
        "currency": "USD",
        "reason": "A scratch",
        "created_at": f"{refund.created_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    process_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.status == "succeeded"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": "15.01"}, 409, "refund_too_large"),
        ({"amount": "0.005"}, 400, "amount_not_payable"),
        ({"amount": "0"}, 400, "invalid"),
        ({"amount": "-1.00"}, 400, "invalid"),
        ({"amount": 1.1}, 400, "invalid"),
        ({"amount": "NaN"}, 400, "invalid"),
        ({"amount": "１"}, 400, "invalid"),
        ({"amount": "1.00", "reason": ""}, 400, "invalid"),
        ({"amount": "1.00", "payment": "0" * 32}, 404, "payment_not_found"),
    ],
)
def test_a_refund_that_cannot_be_is_refused(
    manager_client: APIClient, body: dict[str, Any], status: int, code: str
) -> None:
    order = placed_order()
    pay(order)

    response = do(manager_client, order, "refunds", **{"reason": "Late", **body})

    order.refresh_from_db()
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert order.payment_status == "paid"
    assert not Refund.objects.exists()


def test_an_order_that_nobody_paid_has_nothing_to_refund(manager_client: APIClient) -> None:
    response = do(manager_client, placed_order(), "refunds", amount="1.00", reason="Late")

    assert (response.status_code, response.json()["code"]) == (404, "payment_not_found")
