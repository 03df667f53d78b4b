from collections.abc import Iterator

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from ecommerce_backend.env_limits import Delay
from users.models import LoginSession, User
from users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/login/"
merged: list[tuple[User, str | None]] = []


def remember(*, user: User, cart_token: str | None) -> None:
    merged.append((user, cart_token))


@pytest.fixture
def _remembering_hook(settings: Settings) -> Iterator[None]:
    settings.SIGN_IN_HOOKS = [f"{__name__}.remember"]
    yield
    merged.clear()


def form(**changes: str) -> dict[str, str]:
    return {"email": "ada@shop.example", "password": PASSWORD, **changes}


def test_a_customer_signs_in(
    api_client: APIClient, customer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(11):  # four of them the ends of savepoints, two of the audit
        response = api_client.post(URL, form(), headers={"User-Agent": "Firefox"})

    assert response.status_code == 200
    assert response.data["user"]["email"] == "ada@shop.example"
    session = LoginSession.objects.get()
    assert (session.user, session.address, session.user_agent) == (customer, "127.0.0.1", "Firefox")
    assert session.tokens.count() == 1
    customer.refresh_from_db()
    assert customer.last_login == session.created_at


@pytest.mark.parametrize("spelling", ["ADA@SHOP.EXAMPLE", " ada@ｓｈｏｐ.example"])
@pytest.mark.usefixtures("customer")
def test_the_address_may_be_spelt_otherwise(api_client: APIClient, spelling: str) -> None:
    assert api_client.post(URL, form(email=spelling)).status_code == 200


@pytest.mark.usefixtures("customer")
def test_an_answer_does_not_tell_which_accounts_there_are(api_client: APIClient) -> None:
    UserFactory.create(email="gone@shop.example", is_active=False)
    answers = [
        api_client.post(URL, form(password="not the password")),
        api_client.post(URL, form(email="nobody@shop.example")),
        api_client.post(URL, form(email="no address at all")),
        api_client.post(URL, form(email="gone@shop.example")),
    ]

    bodies = [{**answer.data, "request_id": None} for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 401]
    assert bodies[0]["code"] == "invalid_credentials"
    assert bodies.count(bodies[0]) == 4
    assert not LoginSession.objects.exists()


@pytest.mark.parametrize("field", ["email", "password"])
def test_both_fields_are_needed(api_client: APIClient, field: str) -> None:
    response = api_client.post(URL, {name: form()[name] for name in form() if name != field})

    assert response.status_code == 400
    assert [fault["pointer"] for fault in response.data["errors"]] == [f"/{field}"]


def test_a_huge_password_is_refused_before_it_is_hashed(api_client: APIClient) -> None:
    response = api_client.post(URL, form(password="x" * 129))

    assert response.status_code == 400


@pytest.mark.usefixtures("customer")
def test_a_stale_token_does_not_keep_anyone_from_signing_in(api_client: APIClient) -> None:
    response = api_client.post(URL, form(), headers={"Authorization": "Bearer stale"})

    assert response.status_code == 200


@pytest.mark.usefixtures("_remembering_hook")
def test_the_guest_cart_comes_along(api_client: APIClient, customer: User) -> None:
    api_client.post(URL, form(), headers={"X-Cart-Token": "guest-cart"})
    api_client.post(URL, form())
    api_client.post(URL, form(password="not the password"), headers={"X-Cart-Token": "guest-cart"})

    assert merged == [(customer, "guest-cart"), (customer, None)]


@pytest.mark.usefixtures("_remembering_hook")
def test_the_guest_cart_comes_along_to_a_new_account(api_client: APIClient) -> None:
    api_client.post("/api/v1/auth/register/", form(), headers={"X-Cart-Token": "guest-cart"})

    assert merged == [(User.objects.get(), "guest-cart")]


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize(
    "spelling", ["ada@shop.example", "ADA@shop.example", "nobody@shop.example"]
)
def test_the_eleventh_try_at_an_account_has_to_wait_whoever_tries(
    api_client: APIClient, spelling: str, settings: Settings
) -> None:
    settings.RATE_LIMITS_DELAYS = {"login-account": Delay(first=60, longest=900)}
    for number in range(10):
        api_client.post(
            URL,
            form(email=spelling.lower(), password="not the password"),
            REMOTE_ADDR=f"198.51.100.{number}",
        )

    response = api_client.post(URL, form(email=spelling), REMOTE_ADDR="203.0.113.7")

    assert response.status_code == 429
    assert response.data["code"] == "rate_limited"
    assert response.data["violated-policies"] == ["login-account"]
    assert 50 <= int(response["Retry-After"]) <= 60
    assert response.data["retry_after"] == int(response["Retry-After"])
    assert not LoginSession.objects.exists()


@pytest.mark.usefixtures("customer")
def test_other_accounts_are_not_limited_with_one(api_client: APIClient) -> None:
    for _ in range(11):
        api_client.post(URL, form(email="someone@shop.example"))

    assert api_client.post(URL, form()).status_code == 200


@pytest.mark.usefixtures("customer")
def test_a_household_has_thirty_tries_a_minute_over_all_accounts(api_client: APIClient) -> None:
    for number in range(30):
        api_client.post(
            URL, form(email=f"{number}@shop.example"), REMOTE_ADDR=f"2001:db8:0:7::{number + 1:x}"
        )

    limited = api_client.post(URL, form(), REMOTE_ADDR="2001:db8:0:7:ffff::1")
    neighbour = api_client.post(URL, form(), REMOTE_ADDR="2001:db8:0:8::1")

    assert limited.status_code == 429
    assert limited.data["violated-policies"] == ["login-address"]
    assert neighbour.status_code == 200


@pytest.fixture
def _redis_away(settings: Settings) -> None:
    settings.REDIS_STATE_URL = "redis://127.0.0.1:1/0"


@pytest.mark.usefixtures("_redis_away", "customer")
@pytest.mark.parametrize("door", ["login", "register"])
def test_without_redis_the_doors_stay_shut(api_client: APIClient, door: str) -> None:
    response = api_client.post(f"/api/v1/auth/{door}/", form())

    assert response.status_code == 503
    assert response.data["code"] == "unavailable"
    assert response["Retry-After"] == "2"
    assert not LoginSession.objects.exists()
    assert User.objects.count() == 1


@pytest.mark.usefixtures("_redis_away")
def test_without_redis_whoever_is_in_stays_in(customer_client: APIClient) -> None:
    assert customer_client.get("/api/v1/users/me/").status_code == 200
