import pytest
from django.db import connection
from rest_framework.test import APIClient

from ecommerce_backend.common.models import Event
from users.models import LoginSession, User
from users.services.accounts import EmailTaken, register_account
from users.tests.factories import PASSWORD, UserFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/register/"


def form(**changes: str) -> dict[str, str]:
    return {"email": "Ada@Shop.example", "password": PASSWORD, **changes}


def test_a_visitor_opens_an_account_and_is_signed_in(api_client: APIClient) -> None:
    response = api_client.post(URL, form(first_name="Ada", last_name="Customer"))

    assert response.status_code == 201
    assert response.data["user"].keys() == {
        "email",
        "first_name",
        "last_name",
        "is_email_verified",
        "created_at",
    }
    assert response.data["user"]["email"] == "Ada@Shop.example"
    user = User.objects.get()
    assert user.email_canonical == "ada@shop.example"
    assert (user.first_name, user.last_name) == ("Ada", "Customer")
    assert user.check_password(PASSWORD)
    assert not user.is_staff
    me = api_client.get(
        "/api/v1/users/me/", headers={"Authorization": f"Bearer {response.data['access']}"}
    )
    assert me.data == response.data["user"]


def test_a_registration_is_recorded_without_personal_data(api_client: APIClient) -> None:
    api_client.post(URL, form())

    event = Event.objects.get()
    assert event.type == "customer.registered"
    assert event.subject == f"user:{User.objects.get().pk}"
    assert event.payload == {}


def test_names_may_be_left_out(api_client: APIClient) -> None:
    response = api_client.post(URL, form())

    assert response.status_code == 201
    assert response.data["user"]["first_name"] == ""


def test_nobody_makes_themselves_staff(api_client: APIClient) -> None:
    response = api_client.post(URL, {**form(), "is_staff": True, "is_superuser": True})

    assert response.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in response.data["errors"]] == [
        ("/is_staff", "unknown_field"),
        ("/is_superuser", "unknown_field"),
    ]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "spelling",
    ["ada@shop.example", "ADA@SHOP.EXAMPLE", " ada@shop.example ", "ada@ｓｈｏｐ.example"],
)
def test_an_address_has_one_account_however_it_is_spelt(
    api_client: APIClient, spelling: str
) -> None:
    UserFactory.create(email="ada@shop.example")

    response = api_client.post(URL, form(email=spelling))

    assert response.status_code == 409
    assert response.data["code"] == "email_taken"
    assert User.objects.count() == 1
    assert not Event.objects.exists()
    assert not LoginSession.objects.exists()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_too_short"),
        ("1234567890", "password_too_common"),
        ("x" * 129, "max_length"),
    ],
)
def test_a_password_that_will_not_do_is_pointed_at(
    api_client: APIClient, password: str, code: str
) -> None:
    response = api_client.post(URL, form(password=password))

    assert response.status_code == 400
    assert response.data["code"] == "invalid"
    assert [(fault["pointer"], fault["code"]) for fault in response.data["errors"]] == [
        ("/password", code)
    ]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("nobody", "invalid"),
        ("", "blank"),
        ("a\x00@shop.example", "malformed_text"),
        (f"{'a' * 250}@shop.example", "max_length"),
        (f"a@{'ﷺ' * 60}.example", "max_length"),
    ],
)
def test_an_address_that_will_not_do_is_pointed_at(
    api_client: APIClient, email: str, code: str
) -> None:
    response = api_client.post(URL, form(email=email))

    assert response.status_code == 400
    assert ("/email", code) in {
        (fault["pointer"], fault["code"]) for fault in response.data["errors"]
    }
    assert not User.objects.exists()


def test_spaces_are_part_of_a_password(api_client: APIClient) -> None:
    api_client.post(URL, form(password="  ten letters  "))

    assert User.objects.get().check_password("  ten letters  ")


def test_the_21st_registration_of_a_minute_has_to_wait(api_client: APIClient) -> None:
    for _ in range(20):
        api_client.post(URL, form())

    response = api_client.post(URL, form(email="late@shop.example"))

    assert response.status_code == 429
    assert response.data["code"] == "rate_limited"
    assert 1 <= int(response["Retry-After"]) <= 60
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_register_one_address_at_once_get_one_account() -> None:
    answers = race(8, lambda _: register_account(email="ada@shop.example", password=PASSWORD))

    assert sorted(type(answer).__name__ for answer in answers) == ["EmailTaken"] * 7 + ["User"]
    assert User.objects.count() == 1
    assert Event.objects.count() == 1


def test_control_without_the_constraint_an_address_has_two_accounts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users_user DROP CONSTRAINT user_unique_email")

    register_account(email="ada@shop.example", password=PASSWORD)
    register_account(email="ADA@shop.example", password=PASSWORD)

    assert User.objects.with_email("ada@shop.example").count() == 2


def test_a_taken_address_leaves_the_transaction_usable() -> None:
    UserFactory.create(email="ada@shop.example")

    with pytest.raises(EmailTaken):
        register_account(email="ada@shop.example", password=PASSWORD)

    assert User.objects.count() == 1
