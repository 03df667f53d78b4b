import re
from datetime import timedelta
from email.message import Message
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from users import links
from users.links import Purpose
from users.models import User
from users.services import sessions
from users.tests.factories import UserFactory
from users.tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/password-reset/"
CONFIRMATION = "/api/v1/auth/password-reset/confirmation/"
NEW = "staple and a lighthouse"


def mailed_token() -> str:
    (sent,) = mail.outbox
    (link,) = re.findall(r"https?://\S+token=\S+", str(sent.body))
    token: str = parse_qs(urlsplit(link).query)["token"][0]
    return token


def reset(client: APIClient, token: str, password: str = NEW) -> int:
    return client.post(CONFIRMATION, {"token": token, "new_password": password}).status_code


def test_a_mailed_link_sets_a_new_password(api_client: APIClient, customer: User) -> None:
    asked = api_client.post(URL, {"email": "ADA@shop.example"})
    do_jobs()

    assert asked.status_code == 202
    assert mail.outbox[0].to == ["ada@shop.example"]
    assert reset(api_client, mailed_token()) == 204
    customer.refresh_from_db()
    assert customer.check_password(NEW)
    assert customer.is_email_verified


def test_every_device_is_signed_out(
    api_client: APIClient, customer: User, pair: sessions.TokenPair
) -> None:
    reset(api_client, links.make(Purpose.RESET_PASSWORD, customer))

    bearer = {"Authorization": f"Bearer {pair.access}"}
    assert api_client.get("/api/v1/users/me/", headers=bearer).status_code == 401


def test_the_answer_tells_nobody_whether_there_is_an_account(
    api_client: APIClient, customer: User
) -> None:
    known = api_client.post(URL, {"email": customer.email})
    unknown = api_client.post(URL, {"email": "nobody@shop.example"})

    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert known.headers.keys() == unknown.headers.keys()


def test_an_address_without_an_account_gets_no_mail(api_client: APIClient) -> None:
    api_client.post(URL, {"email": "nobody@shop.example"})

    assert do_jobs() == ["users.send_link"]
    assert mail.outbox == []


def test_a_deactivated_account_gets_no_mail(api_client: APIClient) -> None:
    gone = UserFactory.create(is_active=False)
    api_client.post(URL, {"email": gone.email})
    do_jobs()

    assert mail.outbox == []


def test_a_link_works_once(api_client: APIClient, customer: User) -> None:
    token = links.make(Purpose.RESET_PASSWORD, customer)

    assert [reset(api_client, token), reset(api_client, token, "another lighthouse")] == [204, 400]


def test_a_link_lasts_half_an_hour(api_client: APIClient, customer: User) -> None:
    token = links.make(Purpose.RESET_PASSWORD, customer)

    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert reset(api_client, token) == 400
    with time_machine.travel(timezone.now() + timedelta(minutes=29), tick=False):
        assert reset(api_client, token) == 204


@pytest.mark.parametrize("change", ["password", "email", "is_active"])
def test_a_link_dies_with_the_state_it_was_made_in(
    api_client: APIClient, customer: User, change: str
) -> None:
    token = links.make(Purpose.RESET_PASSWORD, customer)
    changed = {"password": "another hash", "email": "new@shop.example", "is_active": False}
    User.objects.filter(pk=customer.pk).update(**{change: changed[change]})

    assert reset(api_client, token) == 400


def test_a_link_for_something_else_resets_nothing(api_client: APIClient, customer: User) -> None:
    assert reset(api_client, links.make(Purpose.VERIFY_EMAIL, customer)) == 400


def test_a_link_opens_no_other_account(
    api_client: APIClient, customer: User, stranger: User
) -> None:
    payload, _, signature = links.make(Purpose.RESET_PASSWORD, customer).partition(":")
    other, _, _ = links.make(Purpose.RESET_PASSWORD, stranger).partition(":")

    assert reset(api_client, f"{other}:{signature}") == 400
    assert payload != other


def test_a_weak_password_leaves_the_link_good(api_client: APIClient, customer: User) -> None:
    token = links.make(Purpose.RESET_PASSWORD, customer)

    assert [reset(api_client, token, "short"), reset(api_client, token)] == [400, 204]


def test_the_link_names_the_configured_address_whatever_the_request_said(
    api_client: APIClient, customer: User, settings: Settings
) -> None:
    settings.STOREFRONT_URL = "https://www.shop.example"
    api_client.post(
        URL,
        {"email": customer.email},
        headers={"Host": "testserver", "X-Forwarded-Host": "evil.example"},
    )
    do_jobs()

    assert "https://www.shop.example/account/reset-password/?token=" in str(mail.outbox[0].body)
    assert "evil.example" not in Message.as_string(mail.outbox[0].message())


def test_no_stored_job_holds_a_link(api_client: APIClient, customer: User) -> None:
    api_client.post(URL, {"email": customer.email})

    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        assert cursor.fetchall() == [
            ('{"email": "ada@shop.example", "purpose": "reset-password"}',)
        ]


def test_nobody_floods_a_mailbox_through_us(api_client: APIClient, customer: User) -> None:
    answers = [api_client.post(URL, {"email": customer.email}).status_code for _ in range(4)]

    assert answers == [202, 202, 202, 429]
    assert api_client.post(URL, {"email": "other@shop.example"}).status_code == 202
