"""A second factor from its first code to its end, over the API."""

import json
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord, Event
from users import links
from users.links import Purpose
from users.models import LoginSession, RecoveryCode, SecondFactor, User
from users.services import sessions
from users.tests.factories import PASSWORD
from users.tests.jobs import do_jobs
from users.tests.phones import Phone, phone_of

pytestmark = pytest.mark.django_db
TOTP = "/api/v1/auth/totp/"
CONFIRM = f"{TOTP}confirmation/"
RENEW = f"{TOTP}recovery-codes/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def begin(client: APIClient) -> Phone:
    return Phone(client.post(TOTP, {"current_password": PASSWORD}).data["secret"], [])


def both(otp: str) -> dict[str, str]:
    return {"current_password": PASSWORD, "otp": otp}


def signed_in_elsewhere(user: User) -> APIClient:
    pair = sessions.open_session(user=user, address="203.0.113.9", user_agent="Safari")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client


def status_of(client: APIClient) -> int:
    return client.get("/api/v1/users/me/").status_code


def test_what_an_app_needs_is_shown_once_it_is_begun(customer_client: APIClient) -> None:
    begun = customer_client.post(TOTP, {"current_password": PASSWORD})

    assert begun.status_code == 201
    assert len(begun.data["secret"]) == 32
    assert begun.data["uri"] == (
        f"otpauth://totp/Nexus:ada%40shop.example?secret={begun.data['secret']}&issuer=Nexus"
    )
    assert begun.data["qr_code"].startswith("data:image/svg+xml;charset=utf-8,")
    assert "<svg xmlns='http://www.w3.org/2000/svg'" in unquote(begun.data["qr_code"])
    assert begun["Cache-Control"] == "private, no-store"


def test_it_counts_once_a_code_confirms_it(customer_client: APIClient, customer: User) -> None:
    phone = begin(customer_client)
    assert customer_client.get(TOTP).data == {"is_active": False, "recovery_codes_left": 0}

    confirmed = customer_client.post(CONFIRM, {"otp": phone.code()})

    assert confirmed.status_code == 200
    assert len(set(confirmed.data["recovery_codes"])) == 10
    assert customer_client.get(TOTP).data == {"is_active": True, "recovery_codes_left": 10}
    customer.refresh_from_db()
    assert customer.has_second_factor


def test_confirming_signs_out_everywhere_else_and_marks_this_session(
    customer_client: APIClient, customer: User
) -> None:
    elsewhere = signed_in_elsewhere(customer)

    customer_client.post(CONFIRM, {"otp": begin(customer_client).code()})

    assert (status_of(customer_client), status_of(elsewhere)) == (200, 401)
    here, there = LoginSession.objects.order_by("pk")
    assert here.second_factor_at == timezone.now()
    assert there.second_factor_at is None


def test_one_that_was_begun_may_be_begun_again(customer_client: APIClient) -> None:
    first, second = begin(customer_client), begin(customer_client)

    assert customer_client.post(CONFIRM, {"otp": first.code()}).data["code"] == "wrong_code"
    assert customer_client.post(CONFIRM, {"otp": second.code()}).status_code == 200


def test_a_second_one_is_not_begun(customer_client: APIClient) -> None:
    phone = begin(customer_client)
    customer_client.post(CONFIRM, {"otp": phone.code()})

    again = customer_client.post(TOTP, {"current_password": PASSWORD})
    confirmed_again = customer_client.post(CONFIRM, {"otp": phone.code(steps=1)})

    assert (again.status_code, again.data["code"]) == (409, "second_factor_active")
    assert (confirmed_again.status_code, confirmed_again.data["code"]) == (
        409,
        "second_factor_active",
    )
    assert RecoveryCode.objects.count() == 10


def test_nothing_is_begun_without_the_password(customer_client: APIClient) -> None:
    refused = customer_client.post(TOTP, {"current_password": "wrong"})

    assert (refused.status_code, refused.data["code"]) == (403, "wrong_password")
    assert not SecondFactor.objects.exists()


def test_a_wrong_code_confirms_nothing(customer_client: APIClient, customer: User) -> None:
    phone = begin(customer_client)

    refused = customer_client.post(CONFIRM, {"otp": phone.code(steps=2)})

    assert (refused.status_code, refused.data["code"]) == (403, "wrong_code")
    customer.refresh_from_db()
    assert not customer.has_second_factor


def test_nothing_is_confirmed_that_was_not_begun(customer_client: APIClient) -> None:
    refused = customer_client.post(CONFIRM, {"otp": "123456"})

    assert (refused.status_code, refused.data["code"]) == (409, "second_factor_missing")


def test_whoever_found_an_open_device_cannot_try_codes_for_long(
    customer_client: APIClient,
) -> None:
    begin(customer_client)

    tries = [customer_client.post(CONFIRM, {"otp": "000000"}).status_code for _ in range(11)]

    assert tries == [403] * 10 + [429]


@pytest.fixture
def owner(customer: User) -> tuple[APIClient, Phone]:
    """The customer, signed in by password and code."""
    phone = phone_of(customer)
    pair = sessions.open_session(
        user=customer, address=None, user_agent="", with_second_factor=True
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client, phone


@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_it_is_removed_by_password_and_either_kind_of_code(
    owner: tuple[APIClient, Phone], customer: User, kind: str
) -> None:
    client, phone = owner
    elsewhere = signed_in_elsewhere(customer)
    otp = phone.code() if kind == "code" else phone.recovery_codes[3]

    assert client.delete(TOTP, both(otp)).status_code == 204

    customer.refresh_from_db()
    assert not customer.has_second_factor
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert (status_of(client), status_of(elsewhere)) == (200, 401)
    assert not LoginSession.objects.exclude(second_factor_at=None).exists()


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"current_password": "wrong", "otp": "000000"}, "wrong_password"),
        ({"current_password": PASSWORD, "otp": "000000"}, "wrong_code"),
        ({"current_password": PASSWORD, "otp": ""}, "invalid"),
        ({"current_password": PASSWORD}, "invalid"),
    ],
)
def test_neither_alone_removes_it_or_makes_new_codes(
    owner: tuple[APIClient, Phone], form: dict[str, str], code: str
) -> None:
    client, _ = owner

    assert client.delete(TOTP, form).data["code"] == code
    assert client.post(RENEW, form).data["code"] == code
    assert RecoveryCode.objects.filter(used_at=None).count() == 10


@pytest.mark.parametrize(("method", "url"), [("DELETE", TOTP), ("POST", RENEW)])
def test_there_has_to_be_one(customer_client: APIClient, method: str, url: str) -> None:
    refused = customer_client.generic(
        method, url, json.dumps(both("123456")), content_type="application/json"
    )

    assert (refused.status_code, refused.data["code"]) == (409, "second_factor_missing")


def test_new_recovery_codes_replace_those_before_them(owner: tuple[APIClient, Phone]) -> None:
    client, phone = owner

    made = client.post(RENEW, both(phone.recovery_codes[0])).data["recovery_codes"]

    assert len(set(made) - set(phone.recovery_codes)) == 10
    assert client.delete(TOTP, both(phone.recovery_codes[1])).data["code"] == "wrong_code"
    assert client.delete(TOTP, both(made[0])).status_code == 204


def test_the_owner_is_told_of_each_step(owner: tuple[APIClient, Phone]) -> None:
    client, phone = owner
    codes = client.post(RENEW, both(phone.code())).data["recovery_codes"]
    client.delete(TOTP, both(codes[0]))
    do_jobs()

    assert [sent.subject for sent in mail.outbox] == [
        "Sign-in with a code is on at Nexus",
        "New recovery codes for Nexus",
        "A recovery code was used at Nexus",
        "Sign-in with a code is off at Nexus",
    ]
    assert {tuple(sent.to) for sent in mail.outbox} == {("ada@shop.example",)}


def test_each_step_is_kept_for_the_audit_and_in_the_feed(owner: tuple[APIClient, Phone]) -> None:
    client, phone = owner
    codes = client.post(RENEW, both(phone.code())).data["recovery_codes"]
    client.delete(TOTP, both(codes[0]))

    about = {Action.SIGNED_IN, Action.SESSIONS_ENDED}
    kept = AuditRecord.objects.exclude(action__in=about).order_by("pk")
    assert [record.action for record in kept] == [
        Action.SECOND_FACTOR_ADDED,
        Action.RECOVERY_CODES_MADE,
        Action.RECOVERY_CODE_USED,
        Action.SECOND_FACTOR_REMOVED,
    ]
    assert [event.type for event in Event.objects.order_by("pk")] == [
        "customer.second_factor_added",
        "customer.recovery_codes_made",
        "customer.second_factor_removed",
    ]


def test_a_new_password_by_mail_does_not_remove_it(api_client: APIClient, customer: User) -> None:
    phone_of(customer)
    link = links.make(Purpose.RESET_PASSWORD, customer)
    form = {"token": link, "new_password": "staple and a lighthouse"}
    api_client.post("/api/v1/auth/password-reset/confirmation/", form)

    credentials = {"email": customer.email, "password": "staple and a lighthouse"}
    refused = api_client.post("/api/v1/auth/login/", credentials)

    assert refused.data["code"] == "otp_required"
