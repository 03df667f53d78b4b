from typing import Any

import pytest
from django.test import Client

from orders.models import Order, Shipment
from orders.services.fulfillment import ship_order
from orders.services.payments import capture_manually
from orders.tests.browsing import ORDERS, act_on, action_on, buttons, member_of
from orders.tests.factories import placed_order
from orders.tests.sandbox import pay
from users.models import User
from users.roles import ROLES
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


@pytest.fixture
def manager() -> Client:
    return member_of("Order manager")


@pytest.fixture
def support() -> Client:
    return member_of("Support")


@pytest.mark.parametrize("role", ROLES)
def test_orders_are_seen_by_the_roles_that_work_with_them(role: str) -> None:
    order = placed_order()
    expected = 403 if role in {"Catalogue manager", "Moderator"} else 200

    client = member_of(role)

    for path in (ORDERS, f"{ORDERS}{order.pk}/change/"):
        assert client.get(path).status_code == expected


def test_the_list_shows_and_finds_orders(manager: Client) -> None:
    order, other = placed_order(), placed_order(email="ada@shop.example")
    sku = order.lines.get().sku

    page = manager.get(ORDERS).content.decode()

    assert f">{order.number}<" in page
    assert '<span class="pill pill-pending" title="Waiting for payment">Pending</span>' in page
    assert '<span class="amount">15.00 USD</span>' in page
    for query, found, left_out in (
        (order.number, order, other),
        ("ada@", other, order),
        (sku, order, other),
    ):
        result = manager.get(ORDERS, {"q": query}).content.decode()
        assert f">{found.number}<" in result
        assert f">{left_out.number}<" not in result
    assert manager.get(ORDERS, {"status__exact": "pending"}).status_code == 200


def test_an_order_is_shown_whole_and_cannot_be_edited(manager: Client) -> None:
    order = placed_order()
    pay(order)
    ship_order(order=order, actor=None, carrier="Post", tracking_number="RR1")

    response = manager.get(f"{ORDERS}{order.pk}/change/")
    page = response.content.decode()

    assert "<address>Ada Customer<br>1 Analytical Row<br>N1 9GU London<br>GB<br></address>" in page
    assert '<span class="pill pill-captured" title="Captured">Captured</span>' in page
    assert f"1 × {order.lines.get().sku}" in page
    assert "the shop" in page
    assert 'name="_save"' not in page
    manager.post(f"{ORDERS}{order.pk}/change/", {"email": "mallory@elsewhere.example"})
    order.refresh_from_db()
    assert order.email == "guest@shop.example"


def test_nothing_of_an_order_can_be_added_or_deleted() -> None:
    order = placed_order()
    client = Client()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))

    assert client.get(f"{ORDERS}add/").status_code == 403
    assert client.post(f"{ORDERS}{order.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Order.objects.exists()


def test_a_page_needs_no_script_of_its_own(manager: Client) -> None:
    response = manager.get(f"{ORDERS}{placed_order().pk}/change/")
    page = response.content.decode()

    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert " style=" not in page
    assert "<style" not in page
    assert "onclick" not in page
    assert "/static/orders/admin.css" in page


def test_an_order_is_moved_along_by_buttons(manager: Client) -> None:
    order = placed_order()
    assert buttons(manager, order) == ["mark-paid", "cancel"]
    assert "whole amount" in manager.get(f"{ORDERS}{order.pk}/act/mark-paid/").content.decode()

    page = act_on(manager, order, "mark-paid", reference="GB29 NWBK").content.decode()
    order.refresh_from_db()
    assert f"{order.number} was marked paid." in page
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    assert order.events.get(kind="paid").details["bank_reference"] == "GB29 NWBK"
    assert buttons(manager, order) == ["ship", "cancel"]

    act_on(manager, order, "ship", carrier="Post", tracking_number="RR1")
    order.refresh_from_db()
    assert (order.status, Shipment.objects.get().carrier) == ("fulfilled", "Post")
    assert buttons(manager, order) == ["deliver"]

    act_on(manager, order, "deliver")
    order.refresh_from_db()
    assert order.status == "completed"
    assert buttons(manager, order) == []
    assert "Mark delivered" in manager.get(f"{ORDERS}{order.pk}/history/").content.decode()


def test_an_order_is_canceled_with_a_reason(manager: Client) -> None:
    order = placed_order()

    act_on(manager, order, "cancel", reason="Sold out")

    order.refresh_from_db()
    canceled = order.events.get(kind="canceled")
    assert order.status == "canceled"
    assert canceled.details == {"reason": "Sold out"}
    assert canceled.actor == User.objects.get(email="Order.manager@shop.example")


def test_a_refusal_is_shown_as_a_message(manager: Client) -> None:
    order = placed_order()

    page = act_on(manager, order, "ship").content.decode()

    order.refresh_from_db()
    assert f"{order.number}: Only an order that is confirmed and paid can be shipped." in page
    assert order.status == "pending"


def test_a_malformed_entry_is_pointed_out(manager: Client) -> None:
    order = placed_order()
    capture_manually(order=order, actor=UserFactory.create())

    page = act_on(manager, order, "ship", tracking_url="javascript:alert(1)").content.decode()

    assert "Enter a valid URL." in page
    assert not Shipment.objects.exists()


def test_who_may_only_read_moves_nothing(support: Client) -> None:
    order = placed_order()

    assert buttons(support, order) == []
    assert act_on(support, order, "mark-paid").status_code == 403
    action_on(support, ORDERS, "mark_paid", order)

    order.refresh_from_db()
    assert order.status == "pending"


def test_a_button_needs_the_token_of_its_form() -> None:
    order = placed_order()
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))

    assert act_on(client, order, "cancel").status_code == 403
    order.refresh_from_db()
    assert order.status == "pending"


@pytest.mark.parametrize("path", ["999999/act/cancel/", "{}/act/explode/"])
def test_an_unknown_order_or_act_is_not_found(manager: Client, path: str) -> None:
    assert manager.post(f"{ORDERS}{path.format(placed_order().pk)}").status_code == 404


def test_many_orders_are_moved_from_the_list(manager: Client) -> None:
    first, second, canceled = placed_order(), placed_order(), placed_order()
    action_on(manager, ORDERS, "cancel", canceled)

    page = action_on(manager, ORDERS, "mark_paid", first, second, canceled).content.decode()
    action_on(manager, ORDERS, "ship", first, second)
    action_on(manager, ORDERS, "deliver", first)

    assert f"{first.number} was marked paid." in page
    assert f"{canceled.number}: An order that is canceled cannot be paid." in page
    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == [
        "completed",
        "fulfilled",
        "canceled",
    ]


def test_lists_take_a_fixed_number_of_queries(
    manager: Client, django_assert_num_queries: Any
) -> None:
    for count in (1, 4):
        for _ in range(count):
            pay(placed_order())
        manager.get(ORDERS)
        with django_assert_num_queries(9):
            manager.get(ORDERS)
        with django_assert_num_queries(11):
            manager.get("/admin/orders/payment/")
