from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Stock
from catalog.tests.factories import VariantFactory
from ecommerce_backend.common.models import Event, IdempotencyRecord
from orders import tasks
from orders.models import Order, Payment
from orders.services.expiry import expire_unpaid_orders
from orders.services.payments import start_payment
from orders.tests.factories import paid_order, placed_order

pytestmark = pytest.mark.django_db


def overdue(order: Order) -> Order:
    Order.objects.filter(pk=order.pk).update(payment_due_at=timezone.now() - timedelta(seconds=1))
    return order


def test_an_order_that_was_not_paid_in_time_gives_its_stock_back() -> None:
    mug = VariantFactory.create(on_hand=5)
    order = overdue(placed_order(quantities={mug: 2}))

    assert expire_unpaid_orders() == 1

    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED
    stock = Stock.objects.get()
    assert (stock.on_hand, stock.allocated) == (5, 0)
    event = order.events.get(kind="expired")
    assert (event.from_status, event.to_status, event.actor) == ("pending", "expired", None)
    assert Event.objects.filter(type="order.expired", subject=f"order:{order.number}").count() == 1
    assert expire_unpaid_orders() == 0


def test_an_open_payment_is_canceled_when_its_order_expires() -> None:
    order = placed_order()
    payment = start_payment(order=order, provider="sandbox")
    overdue(order)

    assert expire_unpaid_orders() == 1

    payment.refresh_from_db()
    assert payment.status == Payment.Status.CANCELED


def test_orders_that_are_paid_or_still_have_time_are_left_alone() -> None:
    in_time, paid = placed_order(), overdue(paid_order())

    assert expire_unpaid_orders() == 0

    assert set(Order.objects.values_list("pk", "status")) == {
        (in_time.pk, "pending"),
        (paid.pk, "confirmed"),
    }
    assert list(Stock.objects.values_list("allocated", flat=True)) == [1, 1]


def test_all_overdue_orders_expire_in_one_round() -> None:
    for _ in range(3):
        overdue(placed_order())

    tasks.expire_unpaid_orders(timestamp=0)

    assert Order.objects.filter(status=Order.Status.EXPIRED).count() == 3
    assert not Stock.objects.exclude(allocated=0).exists()


def test_an_order_that_cannot_be_expired_does_not_hold_up_the_others() -> None:
    stuck, other = overdue(placed_order()), overdue(placed_order())
    Stock.objects.filter(pk=stuck.lines.get().variant_id).update(allocated=0)

    assert expire_unpaid_orders() == 1

    assert set(Order.objects.values_list("pk", "status")) == {
        (stuck.pk, "pending"),
        (other.pk, "expired"),
    }


def test_answers_kept_for_repeats_are_forgotten_after_a_day() -> None:
    for age in (23, 25):
        record = IdempotencyRecord.objects.create(
            principal="user:1",
            route="POST /",
            key_hash=str(age),
            fingerprint="f",
            status=201,
        )
        IdempotencyRecord.objects.filter(pk=record.pk).update(
            created_at=timezone.now() - timedelta(hours=age)
        )

    tasks.purge_idempotency_records(timestamp=0)

    assert IdempotencyRecord.objects.get().key_hash == "23"
