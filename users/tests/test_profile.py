import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from users.models import User

pytestmark = pytest.mark.django_db
URL = "/api/v1/users/me/"


def test_i_see_my_account_in_one_query(
    customer_client: APIClient, customer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        response = customer_client.get(URL)

    assert response.status_code == 200
    assert response.data == {
        "email": "ada@shop.example",
        "first_name": "Ada",
        "last_name": "Customer",
        "is_email_verified": False,
        "created_at": f"{customer.created_at:%Y-%m-%dT%H:%M:%SZ}",
    }


def test_i_change_one_of_my_names(
    customer_client: APIClient, customer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        response = customer_client.patch(URL, {"last_name": "Lovelace"})

    assert response.status_code == 200
    assert response.data["last_name"] == "Lovelace"
    customer.refresh_from_db()
    assert (customer.first_name, customer.last_name) == ("Ada", "Lovelace")


def test_nothing_but_names_can_be_changed_here(customer_client: APIClient, customer: User) -> None:
    customer_client.patch(
        URL, {"email": "x@shop.example", "is_staff": True, "is_superuser": True, "password": "x"}
    )

    before = customer.password
    customer.refresh_from_db()
    assert customer.email == "ada@shop.example"
    assert not customer.is_staff
    assert not customer.is_superuser
    assert customer.password == before


def test_a_name_that_is_too_long_changes_nothing(
    customer_client: APIClient, customer: User
) -> None:
    response = customer_client.patch(URL, {"first_name": "Grace", "last_name": "x" * 151})

    assert response.status_code == 400
    assert [fault["pointer"] for fault in response.data["errors"]] == ["/last_name"]
    customer.refresh_from_db()
    assert customer.first_name == "Ada"


@pytest.mark.parametrize("method", ["get", "patch"])
def test_a_visitor_has_no_account(api_client: APIClient, method: str) -> None:
    assert getattr(api_client, method)(URL).status_code == 401
