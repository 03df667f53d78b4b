from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from catalog.tests.factories import VariantFactory
from orders.models import Order, Shipment, ShipmentLine
from orders.services.cancellation import cancel_order
from orders.services.expiry import expire_unpaid_orders
from orders.services.fulfillment import ship_order
from orders.tests.factories import OrderLineFactory, TaxRateFactory, paid_order, placed_order
from reviews.models import Review
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """A paid order of two mugs with taxes: number ORDER, payment PAYMENT."""
    TaxRateFactory.create(percent=Decimal("7.25"))
    mug = VariantFactory.create(sku="MUG", on_hand=5, price="9.99", product__slug="mug")
    order = paid_order(quantities={mug: 2})
    order.number = "ORDER"
    order.save()
    order.payments.update(reference="PAYMENT")
    return order


def check() -> str:
    screen = StringIO()
    call_command("check_invariants", stdout=screen, no_color=True)
    return screen.getvalue()


def run_unguarded(statement: str, *, constraint: str = "") -> None:
    """Change data behind the shop's back, and behind the named constraint's."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if constraint:
            table = statement.split()[1]
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        cursor.execute(statement)


def test_a_shop_that_only_its_services_wrote_to_adds_up(order: Order) -> None:
    cancel_order(order=paid_order(), actor=None)
    Order.objects.filter(pk=placed_order().pk).update(payment_due_at="2026-01-01T00:00Z")
    expire_unpaid_orders()
    shipped = paid_order(quantities={VariantFactory.create(): 2, VariantFactory.create(): 3})
    ship_order(order=shipped, actor=None)
    OrderLineFactory.create(quantity=3, quantity_fulfilled=1)

    lines = check().splitlines()

    assert len(lines) == 18
    assert all(line.startswith("holds ") for line in lines)


@pytest.mark.parametrize(
    ("statement", "constraint", "breach"),
    [
        (
            "UPDATE catalog_stock SET on_hand = 1 WHERE on_hand = 5",
            "stock_allocated_within_limit",
            "MUG: 1 on hand, 2 allocated",
        ),
        (
            "UPDATE catalog_stock SET on_hand = 6 WHERE on_hand = 5",
            "",
            "MUG: 6 on hand and 2 allocated, 5 and 2 in the ledger",
        ),
        (
            "UPDATE catalog_stock SET allocated = 3 WHERE on_hand = 5",
            "",
            "MUG: 5 on hand and 3 allocated, 5 and 2 in the ledger",
        ),
        (
            "UPDATE catalog_warehousestock SET on_hand = 6 WHERE on_hand = 5",
            "",
            "MUG in main: 6 on hand and 2 allocated, 5 and 2 in the ledger",
        ),
        (
            "UPDATE catalog_stock SET sellable = 9 WHERE on_hand = 5",
            "",
            "MUG: 9 sellable and 0 ahead, 3 and 0 in warehouses",
        ),
        (
            "UPDATE orders_order SET status = 'canceled' WHERE number = 'ORDER'",
            "",
            "MUG: 2 allocated, 0 in orders",
        ),
        (
            "UPDATE orders_order SET total = 1 WHERE number = 'ORDER'",
            "order_total_adds_up",
            "ORDER: 1.000 is not 19.980 - 0.000 + 5.000 + 1.810",
        ),
        (
            "UPDATE orders_orderline SET total = 1 WHERE sku = 'MUG'",
            "order_line_total_adds_up",
            "ORDER MUG: 1.000 is not 2 × 9.990",
        ),
        (
            "UPDATE orders_order SET subtotal = 9, total = 15.81 WHERE number = 'ORDER'",
            "",
            "ORDER: 9.000, lines 19.980",
        ),
        (
            "UPDATE orders_orderline SET tax_total = 1.44 WHERE sku = 'MUG'",
            "",
            "ORDER: 1.810, lines 1.440 and shipping 0.36, rates 1.81",
        ),
        (
            "UPDATE orders_order SET taxes = '[]' WHERE number = 'ORDER'",
            "",
            "ORDER: 1.810, lines 1.450 and shipping 0, rates 0",
        ),
        (
            "UPDATE orders_orderline SET quantity_fulfilled = 1 WHERE sku = 'MUG'",
            "",
            "ORDER MUG: 1 of 2 shipped, 0 in parcels",
        ),
        (
            "UPDATE orders_payment SET captured_total = 99 WHERE reference = 'PAYMENT'",
            "payment_captured_within_amount",
            "PAYMENT: 0.000 refunded, 99.000 captured of 26.790",
        ),
        (
            "UPDATE orders_payment SET refunded_total = 99 WHERE reference = 'PAYMENT'",
            "payment_refunded_within_captured",
            "PAYMENT: 99.000 refunded, 26.790 captured of 26.790",
        ),
        (
            "UPDATE orders_payment SET refunded_total = 5 WHERE reference = 'PAYMENT'",
            "",
            "PAYMENT: 5.000 refunded, refunds 0",
        ),
        (
            "UPDATE catalog_product SET rating_count = 1, rating_average = 5 WHERE slug = 'mug'",
            "",
            "mug: 5.00 by 1, reviews  by 0",
        ),
    ],
)
def test_whatever_does_not_add_up_is_named(
    order: Order, statement: str, constraint: str, breach: str
) -> None:
    run_unguarded(statement, constraint=constraint)
    screen = StringIO()

    with pytest.raises(CommandError, match="of 18 invariants are broken") as failure:
        call_command("check_invariants", stdout=screen, no_color=True)

    assert failure.value.returncode == 1
    assert f"         {breach}\n" in screen.getvalue()


def test_more_in_the_parcels_than_was_ordered_is_named(order: Order) -> None:
    parcel = Shipment.objects.create(order=order)
    ShipmentLine.objects.create(shipment=parcel, order_line=order.lines.get(), quantity=3)
    run_unguarded(
        "UPDATE orders_orderline SET quantity_fulfilled = 3 WHERE sku = 'MUG'",
        constraint="order_line_not_overfulfilled",
    )

    with pytest.raises(CommandError):
        check()


def test_a_rating_counts_published_reviews_only(order: Order) -> None:
    mug = order.lines.get().variant.product
    for status, rating in (("published", 4), ("published", 5), ("rejected", 1)):
        Review.objects.create(
            product=mug, author=UserFactory.create(), rating=rating, status=status
        )
    mug.rating_count, mug.rating_average = 2, Decimal("4.50")
    mug.save()

    assert "broken" not in check()


def test_of_many_broken_rows_the_first_are_shown(order: Order) -> None:
    for _ in range(25):
        VariantFactory.create(on_hand=0)
    run_unguarded("UPDATE catalog_stock SET on_hand = on_hand + 1")
    screen = StringIO()

    with pytest.raises(CommandError):
        call_command("check_invariants", stdout=screen, no_color=True)

    broken = [line for line in screen.getvalue().splitlines() if line.startswith("         ")]
    assert len(broken) == 21
    assert broken[-1].endswith("more")
