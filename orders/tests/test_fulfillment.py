from threading import Barrier
from typing import Any

import pytest

from catalog.models import ProductVariant, Stock
from catalog.tests.factories import VariantFactory
from catalog.tests.guards import let_references_be_forgotten
from ecommerce_backend.common.models import Event
from orders.models import InvalidTransition, Order, OrderQuerySet, Shipment, ShipmentLine
from orders.services import fulfillment
from orders.services.cancellation import cancel_order
from orders.services.fulfillment import (
    NothingToDeliver,
    OverShipment,
    deliver_shipments,
    ship_order,
)
from orders.services.payments import capture_manually
from orders.services.refunds import refund_order
from orders.tests.factories import placed_order
from users.tests.factories import UserFactory
from users.tests.races import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


def paid_order(quantities: dict[ProductVariant, int] | None = None) -> Order:
    order = placed_order(quantities=quantities)
    capture_manually(order=order, actor=UserFactory.create())
    return order


def two_mugs_and_a_pen() -> Order:
    mug, pen = VariantFactory.create(sku="MUG"), VariantFactory.create(sku="PEN")
    return paid_order({mug: 2, pen: 1})


def stock_of(sku: str) -> tuple[int, int]:
    row = Stock.objects.get(variant__sku=sku)
    return row.on_hand, row.allocated


def test_an_order_leaves_in_one_parcel() -> None:
    order = two_mugs_and_a_pen()
    staff = UserFactory.create()

    shipment = ship_order(order=order, actor=staff, carrier="Post", tracking_number="RR1")

    order.refresh_from_db()
    assert (order.status, order.fulfillment_status) == ("fulfilled", "fulfilled")
    assert list(shipment.lines.order_by("pk").values_list("order_line__sku", "quantity")) == [
        ("MUG", 2),
        ("PEN", 1),
    ]
    assert (stock_of("MUG"), stock_of("PEN")) == ((8, 0), (9, 0))
    assert list(order.events.order_by("pk").values_list("kind", "actor"))[-2:] == [
        ("shipped", staff.pk),
        ("fulfilled", staff.pk),
    ]
    event = Event.objects.get(type="order.shipped")
    assert event.payload == {
        "shipment": shipment.pk,
        "carrier": "Post",
        "tracking_number": "RR1",
        "lines": {"MUG": 2, "PEN": 1},
    }


def test_an_order_leaves_in_parts() -> None:
    order = two_mugs_and_a_pen()

    ship_order(order=order, actor=None, lines={"MUG": 1})
    order.refresh_from_db()
    assert (order.status, order.fulfillment_status) == ("confirmed", "partially_fulfilled")
    assert stock_of("MUG") == (9, 1)
    with pytest.raises(InvalidTransition):
        cancel_order(order=order, actor=None)

    rest = ship_order(order=order, actor=None)
    order.refresh_from_db()
    assert (order.status, order.fulfillment_status) == ("fulfilled", "fulfilled")
    assert list(rest.lines.order_by("pk").values_list("order_line__sku", "quantity")) == [
        ("MUG", 1),
        ("PEN", 1),
    ]
    assert (stock_of("MUG"), stock_of("PEN")) == ((8, 0), (9, 0))


def test_no_more_can_be_shipped_than_is_left() -> None:
    order = two_mugs_and_a_pen()
    ship_order(order=order, actor=None, lines={"MUG": 1})

    with pytest.raises(OverShipment) as refusal:
        ship_order(order=order, actor=None, lines={"PEN": 1, "MUG": 2, "HAT": 1})

    assert [(fault["pointer"], fault["available"]) for fault in refusal.value.faults] == [
        ("/lines/1/quantity", 1),
        ("/lines/2/quantity", 0),
    ]
    assert Shipment.objects.count() == 1
    assert (stock_of("MUG"), stock_of("PEN")) == ((9, 1), (10, 1))


def test_an_unpaid_order_is_not_shipped() -> None:
    order = placed_order()

    with pytest.raises(InvalidTransition):
        ship_order(order=order, actor=None)

    order.refresh_from_db()
    assert (order.status, order.fulfillment_status) == ("pending", "unfulfilled")
    assert not Shipment.objects.exists()


def test_an_order_whose_money_went_back_is_not_shipped() -> None:
    order = paid_order()
    staff = UserFactory.create()
    refund_order(order=order, amount=order.total, reason="Goodwill", actor=staff)

    with pytest.raises(InvalidTransition):
        ship_order(order=order, actor=staff)

    assert not Shipment.objects.exists()


@pytest.mark.parametrize("ending", ["canceled", "shipped"])
def test_what_has_ended_is_not_shipped(ending: str) -> None:
    order = paid_order()
    if ending == "canceled":
        cancel_order(order=order, actor=None)
    else:
        ship_order(order=order, actor=None)
    before = Shipment.objects.count()

    with pytest.raises(InvalidTransition):
        ship_order(order=order, actor=None)

    assert Shipment.objects.count() == before


def test_an_order_is_completed_when_all_of_it_has_arrived() -> None:
    order = two_mugs_and_a_pen()
    first = ship_order(order=order, actor=None, lines={"MUG": 2})
    deliver_shipments(order=order, actor=None)
    order.refresh_from_db()
    assert order.status == "confirmed"

    second = ship_order(order=order, actor=None)
    third = deliver_shipments(order=order, actor=None, shipment_id=second.pk)

    order.refresh_from_db()
    first.refresh_from_db()
    assert third == [second]
    assert first.delivered_at is not None
    assert order.status == "completed"
    types = Event.objects.filter(subject=f"order:{order.number}").order_by("-pk")
    assert list(types.values_list("type", flat=True)[:2]) == ["order.completed", "order.delivered"]


def test_an_order_is_not_completed_while_a_parcel_is_on_its_way() -> None:
    order = two_mugs_and_a_pen()
    first = ship_order(order=order, actor=None, lines={"MUG": 2})
    ship_order(order=order, actor=None)

    deliver_shipments(order=order, actor=None, shipment_id=first.pk)

    order.refresh_from_db()
    assert order.status == "fulfilled"


def test_a_parcel_of_another_order_or_one_that_has_arrived_is_not_delivered() -> None:
    order, other = paid_order(), paid_order()
    shipment = ship_order(order=other, actor=None)

    with pytest.raises(NothingToDeliver):
        deliver_shipments(order=order, actor=None, shipment_id=shipment.pk)
    shipment.refresh_from_db()
    assert shipment.delivered_at is None

    deliver_shipments(order=other, actor=None)
    with pytest.raises(NothingToDeliver):
        deliver_shipments(order=other, actor=None, shipment_id=shipment.pk)


def test_shipping_takes_as_many_queries_for_ten_lines_as_for_one(
    django_assert_num_queries: Any,
) -> None:
    small = paid_order()
    large = paid_order({VariantFactory.create(): 1 for _ in range(10)})

    for order in (small, large):
        with django_assert_num_queries(21):
            ship_order(order=order, actor=None)


@pytest.mark.django_db(transaction=True)
def test_the_same_goods_leave_once() -> None:
    order = paid_order({VariantFactory.create(sku="MUG"): 3})

    outcomes = race(4, lambda _: ship_order(order=order, actor=None, lines={"MUG": 2}))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "OverShipment",
        "OverShipment",
        "OverShipment",
        "Shipment",
    ]
    assert stock_of("MUG") == (8, 1)


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_same_goods_leave_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mug = VariantFactory.create(sku="MUG")
    order = paid_order({mug: 3, VariantFactory.create(sku="PEN"): 9})
    paid_order({mug: 3})  # somebody else's, which would be sent away with it
    units, both_have_read = fulfillment._units, Barrier(2, timeout=5)  # noqa: SLF001

    def read_together(*arguments: Any) -> Any:
        found = units(*arguments)
        both_have_read.wait()
        return found

    let_references_be_forgotten(monkeypatch)
    monkeypatch.setattr(OrderQuerySet, "lock", lambda orders, pk: orders.get(pk=pk))
    monkeypatch.setattr(fulfillment, "_units", read_together)

    race(2, lambda _: ship_order(order=order, actor=None, lines={"MUG": 2}))

    line = order.lines.get(sku="MUG")
    sent = sum(ShipmentLine.objects.filter(order_line=line).values_list("quantity", flat=True))
    assert (sent, line.quantity_fulfilled, line.quantity) == (4, 2, 3)
