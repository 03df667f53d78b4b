from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from catalog.models import Stock, StockMovement
from catalog.tests.factories import VariantFactory
from ecommerce_backend.common.models import Event
from orders.models import InvalidTransition, Order, Payment
from orders.services.cancellation import cancel_order
from orders.services.fulfillment import ship_order
from orders.services.payments import start_payment
from orders.tests.factories import paid_order, placed_order
from orders.tests.jobs import waiting_jobs
from orders.tokens import order_token
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def cancel(client: APIClient, order: Order, *, key: str | None = None, **body: Any) -> Any:
    headers = {"X-Order-Token": order_token(order.number)}
    if key:
        headers["Idempotency-Key"] = key
    return client.post(f"/api/v1/orders/{order.number}/cancellation/", body, headers=headers)


def test_an_unpaid_order_is_canceled_and_its_stock_goes_back(api_client: APIClient) -> None:
    mug, pen = VariantFactory.create(on_hand=5), VariantFactory.create(on_hand=5)
    order = placed_order(quantities={mug: 2, pen: 1})

    response = cancel(api_client, order, reason="Ordered the wrong colour.")

    assert (response.status_code, response.json()["status"]) == (200, "canceled")
    assert not Stock.objects.exclude(on_hand=5, allocated=0).exists()
    released = StockMovement.objects.filter(kind=StockMovement.Kind.RELEASE)
    assert set(released.values_list("stock", "allocated_change", "reference")) == {
        (mug.pk, -2, order.number),
        (pen.pk, -1, order.number),
    }
    event = order.events.get(kind="canceled")
    assert (event.from_status, event.to_status, event.actor) == ("pending", "canceled", None)
    assert event.details == {"reason": "Ordered the wrong colour."}
    assert Event.objects.filter(type="order.canceled", subject=f"order:{order.number}").count() == 1


def test_a_payment_under_way_is_canceled_with_the_order(api_client: APIClient) -> None:
    order = placed_order()
    payment = start_payment(order=order, provider="sandbox")

    cancel(api_client, order)

    payment.refresh_from_db()
    assert payment.status == Payment.Status.CANCELED
    assert waiting_jobs("cancel_at_provider").count({"payment_id": payment.pk}) == 1


def test_what_was_paid_goes_back_when_a_customer_cancels(api_client: APIClient) -> None:
    customer = UserFactory.create()
    order = paid_order(customer=customer)
    api_client.force_authenticate(customer)

    document = cancel(api_client, order).json()

    assert (document["status"], document["payment_status"]) == ("canceled", "refunded")
    payment = order.payments.get()
    assert payment.refunded_total == Decimal("15")
    refund = payment.refunds.get()
    assert (refund.amount, refund.status, refund.reason) == (
        Decimal("15"),
        "pending",
        "Order canceled.",
    )
    assert order.events.get(kind="canceled").actor == customer
    assert waiting_jobs("process_refund").count({"refund_id": refund.pk}) == 1
    assert not Stock.objects.exclude(allocated=0).exists()


def test_what_has_left_the_building_is_not_canceled(api_client: APIClient) -> None:
    mug = VariantFactory.create(sku="MUG", on_hand=5)
    order = paid_order(quantities={mug: 2})
    ship_order(order=order, actor=None, lines={"MUG": 1})

    response = cancel(api_client, order)

    assert (response.status_code, response.json()["code"]) == (409, "invalid_transition")
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    stock = Stock.objects.get()
    assert (stock.on_hand, stock.allocated) == (4, 1)
    assert not order.payments.get().refunds.exists()


@pytest.mark.parametrize(
    "status",
    [
        Order.Status.FULFILLED,
        Order.Status.COMPLETED,
        Order.Status.CANCELED,
        Order.Status.EXPIRED,
    ],
)
def test_an_order_at_its_end_is_not_canceled(status: str) -> None:
    order = placed_order()
    Order.objects.filter(pk=order.pk).update(status=status)

    with pytest.raises(InvalidTransition):
        cancel_order(order=order, actor=None)

    order.refresh_from_db()
    assert order.status == status
    assert Stock.objects.get().allocated == 1
    assert not Event.objects.filter(type="order.canceled").exists()


def test_a_repeat_with_the_same_key_gets_the_same_answer(api_client: APIClient) -> None:
    order = placed_order()

    first = cancel(api_client, order, key="one")
    repeat = cancel(api_client, order, key="one")
    without_key = cancel(api_client, order)

    assert repeat.json() == first.json()
    assert repeat["Idempotent-Replayed"] == "true"
    assert (without_key.status_code, without_key.json()["code"]) == (409, "invalid_transition")
    assert Stock.objects.get().allocated == 0


def test_a_stranger_cancels_nothing(api_client: APIClient) -> None:
    order = placed_order(customer=UserFactory.create())
    api_client.force_authenticate(UserFactory.create())

    assert cancel(api_client, order).status_code == 404
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_a_reason_longer_than_a_line_is_refused(api_client: APIClient) -> None:
    order = placed_order()

    response = cancel(api_client, order, reason="x" * 201)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/reason")
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_canceling_thirty_lines_takes_as_many_queries_as_one() -> None:
    small = placed_order()
    large = placed_order(quantities={VariantFactory.create(): 1 for _ in range(30)})

    with CaptureQueriesContext(connection) as for_one:
        cancel_order(order=small, actor=None)
    with CaptureQueriesContext(connection) as for_thirty:
        cancel_order(order=large, actor=None)

    assert len(for_thirty) == len(for_one)
