import pytest
from django.core import mail
from django.test import Client

from users import links
from users.links import Purpose
from users.models import User
from users.tests.jobs import do_jobs

pytestmark = pytest.mark.django_db


def test_fetching_a_link_uses_nothing_up(client: Client, customer: User) -> None:
    token = links.make(Purpose.VERIFY_EMAIL, customer)

    page = client.get("/account/verify-email/", {"token": token})

    assert page.status_code == 200
    assert "Confirm my address" in page.content.decode()
    customer.refresh_from_db()
    assert not customer.is_email_verified


def test_the_button_confirms_the_address(client: Client, customer: User) -> None:
    token = links.make(Purpose.VERIFY_EMAIL, customer)

    page = client.post("/account/verify-email/", {"token": token})

    assert "Your address is confirmed" in page.content.decode()
    customer.refresh_from_db()
    assert customer.is_email_verified


def test_a_forgotten_password_is_replaced_without_any_storefront(
    client: Client, customer: User
) -> None:
    client.post("/account/forgotten-password/", {"email": customer.email})
    do_jobs()
    token = links.make(Purpose.RESET_PASSWORD, customer)
    weak = client.post("/account/reset-password/", {"token": token, "new_password": "short"})
    done = client.post(
        "/account/reset-password/", {"token": token, "new_password": "staple and a lighthouse"}
    )

    assert len(mail.outbox) == 1
    assert weak.status_code == 400
    assert "at least 10 characters" in weak.content.decode()
    assert "Your password is changed" in done.content.decode()
    customer.refresh_from_db()
    assert customer.check_password("staple and a lighthouse")


def test_a_used_link_says_so_on_the_page(client: Client, customer: User) -> None:
    token = links.make(Purpose.CHANGE_EMAIL, customer, extra="ada@new.example")
    client.post("/account/change-email/", {"token": token})

    again = client.post("/account/change-email/", {"token": token})

    assert again.status_code == 400
    assert "The link has been used" in again.content.decode()


def test_a_link_for_a_password_that_is_over_leads_to_a_new_one(client: Client) -> None:
    fields = {"token": "over", "new_password": "staple and a lighthouse"}

    page = client.post("/account/reset-password/", fields)

    assert page.status_code == 400
    assert '<a href="/account/forgotten-password/">Send me a new link</a>' in page.content.decode()


def test_the_form_is_the_shops_own(customer: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    token = links.make(Purpose.VERIFY_EMAIL, customer)

    assert strict.post("/account/verify-email/", {"token": token}).status_code == 403
