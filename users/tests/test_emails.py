import pytest
from django.core import mail
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from users import links
from users.links import Purpose
from users.models import User
from users.tests.factories import PASSWORD, UserFactory
from users.tests.jobs import do_jobs
from users.tests.test_password_reset import mailed_token

pytestmark = pytest.mark.django_db
REGISTER = "/api/v1/auth/register/"
LOGIN = "/api/v1/auth/login/"
VERIFY = "/api/v1/auth/email-verification/confirmation/"
RESEND = "/api/v1/auth/email-verification/"
CHANGE = "/api/v1/auth/email-change/"
CONFIRM = "/api/v1/auth/email-change/confirmation/"


@pytest.fixture
def _mandatory(settings: Settings) -> None:
    settings.EMAIL_VERIFICATION = "mandatory"


def account(email: str = "ada@shop.example") -> dict[str, str]:
    return {"email": email, "password": PASSWORD}


def test_a_new_customer_is_asked_to_confirm_the_address(api_client: APIClient) -> None:
    registered = api_client.post(REGISTER, account())
    do_jobs()

    assert registered.data["user"]["is_email_verified"] is False
    assert api_client.post(VERIFY, {"token": mailed_token()}).status_code == 204
    assert User.objects.get().is_email_verified


@pytest.mark.usefixtures("_mandatory")
def test_where_it_is_mandatory_nobody_is_in_before_the_link(api_client: APIClient) -> None:
    registered = api_client.post(REGISTER, account())

    assert registered.status_code == 202
    refused = api_client.post(LOGIN, account())
    assert (refused.status_code, refused.data["code"]) == (422, "email_unverified")

    do_jobs()
    api_client.post(VERIFY, {"token": mailed_token()})

    assert api_client.post(LOGIN, account()).status_code == 200


@pytest.mark.usefixtures("_mandatory")
def test_registering_tells_nobody_whether_there_is_an_account(api_client: APIClient) -> None:
    UserFactory.create(email="ada@shop.example")

    known = api_client.post(REGISTER, account())
    unknown = api_client.post(REGISTER, account("bea@shop.example"))

    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert known.headers.keys() == unknown.headers.keys()


@pytest.mark.usefixtures("_mandatory")
def test_whoever_has_an_account_is_told_by_mail_and_keeps_it(api_client: APIClient) -> None:
    owner = UserFactory.create(email="ada@shop.example")
    api_client.post(
        "/api/v1/auth/password-reset/confirmation/",
        {"token": links.make(Purpose.RESET_PASSWORD, owner), "new_password": "an old lighthouse"},
    )
    do_jobs()
    mail.outbox.clear()

    api_client.post(REGISTER, account())
    do_jobs()

    assert [sent.subject for sent in mail.outbox] == ["You have an account at Nexus"]
    owner.refresh_from_db()
    assert owner.check_password("an old lighthouse")


@pytest.mark.usefixtures("_mandatory")
def test_a_wrong_password_is_told_the_same_before_and_after_the_link(
    api_client: APIClient,
) -> None:
    UserFactory.create(email="ada@shop.example")

    wrong = api_client.post(LOGIN, {**account(), "password": "not the password"})

    assert (wrong.status_code, wrong.data["code"]) == (401, "invalid_credentials")


def test_the_link_is_sent_again_to_who_has_not_followed_it(
    api_client: APIClient, customer: User
) -> None:
    known = api_client.post(RESEND, {"email": customer.email})
    unknown = api_client.post(RESEND, {"email": "nobody@shop.example"})
    do_jobs()

    assert known.content == unknown.content
    assert [sent.to for sent in mail.outbox] == [[customer.email]]


def test_a_link_confirms_once(api_client: APIClient, customer: User) -> None:
    token = links.make(Purpose.VERIFY_EMAIL, customer)

    answers = [api_client.post(VERIFY, {"token": token}).status_code for _ in range(2)]

    assert answers == [204, 400]


def test_a_new_address_counts_once_its_owner_followed_the_link(
    customer_client: APIClient, customer: User
) -> None:
    asked = customer_client.post(
        CHANGE, {"new_email": "ada@new.example", "current_password": PASSWORD}
    )
    do_jobs()
    customer.refresh_from_db()

    assert asked.status_code == 202
    assert customer.email == "ada@shop.example"
    assert mail.outbox[0].to == ["ada@new.example"]
    assert customer_client.post(CONFIRM, {"token": mailed_token()}).status_code == 204
    customer.refresh_from_db()
    assert customer.email == "ada@new.example"
    assert customer.is_email_verified


def test_the_old_address_is_told(api_client: APIClient, customer: User) -> None:
    token = links.make(Purpose.CHANGE_EMAIL, customer, extra="ada@new.example")
    api_client.post(CONFIRM, {"token": token})
    do_jobs()

    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        (["ada@shop.example"], "Your address for Nexus was changed")
    ]


def test_a_change_needs_the_password(customer_client: APIClient) -> None:
    refused = customer_client.post(
        CHANGE, {"new_email": "ada@new.example", "current_password": "wrong"}
    )

    assert (refused.status_code, refused.data["code"]) == (403, "wrong_password")
    assert do_jobs() == []


def test_asking_for_anothers_address_is_answered_like_any_other(
    customer_client: APIClient, stranger: User
) -> None:
    taken = customer_client.post(
        CHANGE, {"new_email": stranger.email, "current_password": PASSWORD}
    )
    free = customer_client.post(
        CHANGE, {"new_email": "free@shop.example", "current_password": PASSWORD}
    )

    assert taken.content == free.content


def test_an_address_that_was_taken_meanwhile_stays_its_owners(
    api_client: APIClient, customer: User, stranger: User
) -> None:
    token = links.make(Purpose.CHANGE_EMAIL, customer, extra=stranger.email.upper())

    refused = api_client.post(CONFIRM, {"token": token})

    assert (refused.status_code, refused.data["code"]) == (409, "email_taken")
    customer.refresh_from_db()
    assert customer.email == "ada@shop.example"
