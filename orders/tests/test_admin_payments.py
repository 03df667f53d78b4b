import pytest
from django.test import Client

from orders.models import Refund, ShippingMethod
from orders.services.payments import capture_manually, start_payment
from orders.services.refunds import refund_payment
from orders.tests.browsing import action_on, member_of
from orders.tests.factories import placed_order
from orders.tests.sandbox import altered, decision_on, deliver, pay, started_payment
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


@pytest.fixture
def manager() -> Client:
    return member_of("Order manager")


@pytest.fixture
def support() -> Client:
    return member_of("Support")


def test_quarantined_notices_are_found(manager: Client) -> None:
    deliver(altered(decision_on(started_payment()), amount="1.00"))

    page = manager.get("/admin/orders/providerevent/", {"outcome__exact": "quarantined"})

    assert "1.00 USD does not fit the payment." in page.content.decode()
    assert manager.get("/admin/orders/providerevent/add/").status_code == 403


def test_a_bank_transfer_is_marked_paid_back(manager: Client, support: Client) -> None:
    order = placed_order()
    payment = capture_manually(order=order, actor=UserFactory.create())
    refund = refund_payment(payment=payment, amount=order.total, reason="Late", actor=None)
    path = "/admin/orders/refund/"

    action_on(support, path, "mark_paid_back", refund)
    refund.refresh_from_db()
    assert refund.status == "pending"

    page = action_on(manager, path, "mark_paid_back", refund).content.decode()
    again = action_on(manager, path, "mark_paid_back", refund).content.decode()
    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert "was marked paid back." in page
    assert "Only a bank transfer that is still on its way back" in again


def test_payments_and_refunds_are_shown(manager: Client) -> None:
    order = placed_order()
    payment = pay(order)
    refund = refund_payment(payment=payment, amount=order.total, reason="Late", actor=None)
    start_payment(order=placed_order(), provider="manual")

    for path in (
        "/admin/orders/payment/",
        f"/admin/orders/payment/{payment.pk}/change/",
        "/admin/orders/refund/",
        f"/admin/orders/refund/{refund.pk}/change/",
        "/admin/orders/providerevent/",
    ):
        response = manager.get(path)
        assert response.status_code == 200
        assert payment.reference in response.content.decode() or "refund" in path
    assert Refund.objects.count() == 1


def test_shipping_and_tax_are_kept_by_order_managers(manager: Client, support: Client) -> None:
    fields = {
        "name": "Express",
        "code": "express",
        "position": "1",
        "is_active": "on",
        "rates-TOTAL_FORMS": "1",
        "rates-INITIAL_FORMS": "0",
        "rates-0-country": "GB",
        "rates-0-currency": "GBP",
        "rates-0-amount": "7.50",
    }
    assert support.post("/admin/orders/shippingmethod/add/", fields).status_code == 403

    manager.post("/admin/orders/shippingmethod/add/", fields)

    method = ShippingMethod.objects.get()
    assert list(method.rates.values_list("country", "currency")) == [("GB", "GBP")]
    added = manager.post(
        "/admin/orders/taxrate/add/", {"country": "GB", "name": "VAT", "percent": "20"}
    )
    assert added.status_code == 302
