import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from users.models import LoginSession, User
from users.services import sessions
from users.services.sessions import TokenPair

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/sessions/"


def me(token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return APIClient().get("/api/v1/users/me/", headers=headers).status_code


def test_signing_out_stops_the_access_token_at_once(api_client: APIClient, pair: TokenPair) -> None:
    response = api_client.post("/api/v1/auth/logout/", {"refresh": pair.refresh})

    assert response.status_code == 204
    assert me(pair.access) == 401
    again = api_client.post("/api/v1/auth/refresh/", {"refresh": pair.refresh})
    assert again.data["code"] == "token_invalid"


@pytest.mark.parametrize("token", ["nonsense", "a.b.c"])
def test_signing_out_without_a_session_is_fine(api_client: APIClient, token: str) -> None:
    assert api_client.post("/api/v1/auth/logout/", {"refresh": token}).status_code == 204


def test_signing_out_twice_is_fine(api_client: APIClient, pair: TokenPair) -> None:
    for _ in range(2):
        response = api_client.post("/api/v1/auth/logout/", {"refresh": pair.refresh})
        assert response.status_code == 204


def test_signing_out_everywhere_ends_every_session_of_mine(
    customer_client: APIClient, customer: User, stranger: User, pair: TokenPair
) -> None:
    phone = sessions.open_session(user=customer, address=None, user_agent="Phone")
    others = sessions.open_session(user=stranger, address=None, user_agent="")

    assert customer_client.post("/api/v1/auth/logout-all/").status_code == 204

    assert me(pair.access) == 401
    assert me(phone.access) == 401
    assert me(others.access) == 200


def test_i_see_my_devices(
    customer_client: APIClient,
    customer: User,
    stranger: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sessions.open_session(user=customer, address="2001:db8::1", user_agent="Phone")
    sessions.open_session(user=stranger, address=None, user_agent="")
    ended = sessions.open_session(user=customer, address=None, user_agent="Lost")
    sessions.close_session(raw=ended.refresh)

    with django_assert_num_queries(3):
        response = customer_client.get(URL)

    assert response.status_code == 200
    assert [
        (session["user_agent"], session["address"], session["is_current"])
        for session in response.data["results"]
    ] == [("Phone", "2001:db8::1", False), ("Firefox", "203.0.113.7", True)]


def test_i_sign_out_another_device(customer_client: APIClient, customer: User) -> None:
    phone = sessions.open_session(user=customer, address=None, user_agent="Phone")
    session = LoginSession.objects.get(user_agent="Phone")

    assert customer_client.delete(f"{URL}{session.pk}/").status_code == 204

    assert me(phone.access) == 401
    assert customer_client.get(URL).data["count"] == 1
    assert customer_client.delete(f"{URL}{session.pk}/").status_code == 404


def test_the_devices_of_others_are_not_there(customer_client: APIClient, stranger: User) -> None:
    theirs = sessions.open_session(user=stranger, address=None, user_agent="")
    session = LoginSession.objects.get(user=stranger)

    assert customer_client.delete(f"{URL}{session.pk}/").status_code == 404

    assert me(theirs.access) == 200


@pytest.mark.parametrize("number", ["0", "9" * 30, "x"])
def test_what_is_no_session_is_not_there(customer_client: APIClient, number: str) -> None:
    assert customer_client.delete(f"{URL}{number}/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "auth/sessions/"), ("delete", "auth/sessions/1/"), ("post", "auth/logout-all/")],
)
def test_a_visitor_has_no_sessions(api_client: APIClient, method: str, path: str) -> None:
    response = getattr(api_client, method)(f"/api/v1/{path}")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="shop"'
