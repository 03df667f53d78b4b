import re
from typing import Any

import httpx
import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from orders.models import Order, Payment, ProviderEvent, SandboxSession
from orders.services.payments import cancel_at_provider, start_payment
from orders.tests.factories import placed_order
from orders.tests.jobs import run_jobs, waiting_jobs
from orders.tests.sandbox import started_payment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


def page_of(payment: Payment) -> str:
    return f"/sandbox/pay/{payment.provider_reference}/"


def test_the_page_says_what_is_paid_for(client: Client, settings: Settings) -> None:
    settings.STORE_NAME = "Tea & Sons"
    payment = started_payment()

    response = client.get(page_of(payment))
    page = response.content.decode()

    assert response.status_code == 200
    assert "Tea &amp; Sons" in page
    assert '15.00 <span class="currency">USD</span>' in page
    assert f"Order {payment.order.number}" in page
    assert "Test payment" in page
    assert re.findall(r'name="decision" value="(\w+)"', page) == ["approve", "decline"]


def test_the_page_keeps_to_its_own_content_policy(client: Client) -> None:
    response = client.get(page_of(started_payment()))

    assert "style-src 'self'" in response["Content-Security-Policy"]
    assert "form-action 'self'" in response["Content-Security-Policy"]
    assert not re.search(rb"<script|<style|style=|onclick=", response.content)


def test_no_other_page_can_decide_for_the_customer() -> None:
    payment = started_payment()

    response = Client(enforce_csrf_checks=True).post(page_of(payment), {"decision": "approve"})

    assert response.status_code == 403
    assert SandboxSession.objects.get().status == "open"


@pytest.mark.parametrize(
    ("decision", "status", "says"),
    [("approve", "approved", "Payment approved"), ("decline", "declined", "Payment declined")],
)
def test_a_decision_leads_back_to_the_shop(
    client: Client, decision: str, status: str, says: str
) -> None:
    payment = start_payment(
        order=placed_order(), provider="sandbox", return_url="https://store.example/?a=1&b=2"
    )

    response = client.post(page_of(payment), {"decision": decision})

    session = SandboxSession.objects.get()
    assert (response.status_code, response["Location"]) == (302, page_of(payment))
    assert session.status == status
    assert waiting_jobs("deliver_sandbox_notice") == [{"session_id": session.pk}]
    page = client.get(page_of(payment)).content.decode()
    assert says in page
    assert 'href="https://store.example/?a=1&amp;b=2"' in page
    assert "<form" not in page


def test_deciding_twice_is_deciding_once(client: Client) -> None:
    payment = started_payment()

    client.post(page_of(payment), {"decision": "decline"})
    client.post(page_of(payment), {"decision": "approve"})

    session = SandboxSession.objects.get()
    assert session.status == "declined"
    assert len(waiting_jobs("deliver_sandbox_notice")) == 1


def test_a_canceled_payment_cannot_be_decided(client: Client) -> None:
    payment = started_payment()
    cancel_at_provider(payment_id=payment.pk)

    client.post(page_of(payment), {"decision": "approve"})

    assert SandboxSession.objects.get().status == "canceled"
    assert "Payment canceled" in client.get(page_of(payment)).content.decode()
    assert waiting_jobs("deliver_sandbox_notice") == []


def test_an_unknown_token_opens_nothing(client: Client) -> None:
    assert client.get("/sandbox/pay/guess/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_shop_hears_of_the_decision_by_a_signed_notice_over_http(
    live_server: LiveServer, settings: Settings
) -> None:
    settings.BASE_URL = live_server.url
    order = placed_order()
    start_payment(order=order, provider="sandbox")
    url = Payment.objects.get().next_action["url"]  # type: ignore[index]
    assert url.startswith(live_server.url)

    with httpx.Client() as browser:
        page = browser.get(url)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token is not None
        answer = browser.post(
            url,
            data={"decision": "approve", "csrfmiddlewaretoken": token[1]},
            headers={"Referer": url},
        )
    assert answer.status_code == 302
    run_jobs()

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    assert ProviderEvent.objects.get().outcome == "applied"
    assert not waiting_jobs("deliver_sandbox_notice")


@pytest.mark.django_db(transaction=True)
def test_a_notice_that_does_not_arrive_is_sent_again_later(
    client: Client, settings: Settings
) -> None:
    settings.BASE_URL = "http://127.0.0.1:9"  # nothing listens there
    payment = started_payment()
    client.post(page_of(payment), {"decision": "approve"})

    run_jobs()

    job = ProcrastinateJob.objects.get()
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at is not None
    assert Order.objects.get().status == "pending"


def test_a_page_is_shown_in_one_query(client: Client, django_assert_num_queries: Any) -> None:
    payment = started_payment()

    with django_assert_num_queries(1):
        client.get(page_of(payment))
