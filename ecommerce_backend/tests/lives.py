"""A customer who has left something of herself in every table that can hold it."""

from decimal import Decimal
from uuid import uuid4

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from catalog.services import back_in_stock
from catalog.tests.factories import VariantFactory
from orders.models import Order, Payment, SandboxSession
from orders.services.cancellation import cancel_order
from orders.services.fulfillment import deliver_shipments, ship_order
from orders.services.notes import write_note
from orders.services.refunds import refund_order
from orders.tests.factories import ADDRESS, filled_cart, paid_order, quote_token, standard_shipping
from reviews.models import Review
from reviews.tests.factories import ReviewFactory
from users.models import User
from users.services import mailing
from users.tests.factories import AddressFactory, CustomerGroupFactory, UserFactory

EMAIL = "Wilhelmina.Quux@Elsewhere.example"
WORDS = ("wilhelmina", "quux", "71 Nowhere Crescent", "+44 20 7946 0199", "a surprise for")
TO_HER = {
    **ADDRESS,
    "full_name": "Wilhelmina Quux",
    "company": "Quux Ltd",
    "line1": "71 Nowhere Crescent",
    "phone": "+44 20 7946 0199",
}


def live_a_life(customer: User, client: APIClient) -> None:
    """Leave her in every table that can hold her."""
    staff = UserFactory.create(is_staff=True)
    AddressFactory.create(user=customer, full_name="Wilhelmina Quux", line1="71 Nowhere Crescent")
    CustomerGroupFactory.create(members=[customer])
    canceled = _order_by_api(customer, client)
    cancel_order(order=canceled, actor=customer, reason="It was a surprise for Wilhelmina")
    sent = paid_order(customer=customer)
    Order.objects.filter(pk=sent.pk).update(
        shipping_address=TO_HER, billing_address=TO_HER, email=EMAIL
    )
    write_note(order=sent, actor=staff, text="Mrs Quux calls from +44 20 7946 0199")
    ship_order(order=sent, actor=staff)
    deliver_shipments(order=sent, actor=staff)
    refund_order(order=sent, actor=staff, amount=Decimal("2.00"), reason="Quux was not content")
    Payment.objects.filter(order=sent).update(return_url="https://shop.example/?me=quux")
    payment = Payment.objects.filter(order=sent).get()
    SandboxSession.objects.create(
        token="t",
        payment_reference=payment.reference,
        currency="USD",
        amount=Decimal(1),
        return_url="https://shop.example/?me=quux",
    )
    ReviewFactory.create(author=customer, text="Good.", title="Good")
    ReviewFactory.create(
        author=customer, status=Review.Status.REJECTED, text="I am Wilhelmina", title=""
    )
    filled_cart({VariantFactory.create(): 1}, customer=customer)
    back_in_stock.ask(customer=customer, sku=VariantFactory.create(on_hand=0).sku)
    LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(customer.pk),
        object_repr=str(customer),
        action_flag=CHANGE,
        change_message="Quux",
    )
    mailing.tell_later(customer, "password_changed")
    mailing.greet_later(email=EMAIL.upper())


def _order_by_api(customer: User, client: APIClient) -> Order:
    standard_shipping()
    cart = filled_cart({VariantFactory.create(): 1}, customer=customer)
    answer = client.post(
        "/api/v1/orders/",
        {
            "shipping_address": TO_HER,
            "billing_address": TO_HER,
            "shipping_method": "standard",
            "quote": quote_token(cart, method="standard"),
        },
        headers={"Idempotency-Key": uuid4().hex},
    )
    assert answer.status_code == 201, answer.json()
    return Order.objects.get(number=answer.json()["number"])
