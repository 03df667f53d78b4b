import pytest
from django.core import mail
from rest_framework.test import APIClient

from ecommerce_backend.common.models import Event
from users.models import User
from users.services import sessions
from users.tests.factories import PASSWORD
from users.tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/password-change/"
NEW = "staple and a lighthouse"


def test_a_new_password_replaces_the_old_one(customer_client: APIClient, customer: User) -> None:
    response = customer_client.post(URL, {"current_password": PASSWORD, "new_password": NEW})

    assert response.status_code == 204
    customer.refresh_from_db()
    assert customer.check_password(NEW)
    assert Event.objects.get().type == "customer.password_changed"


def test_i_stay_signed_in_here_and_am_signed_out_everywhere_else(
    customer_client: APIClient, customer: User
) -> None:
    elsewhere = sessions.open_session(user=customer, address="203.0.113.9", user_agent="Safari")

    customer_client.post(URL, {"current_password": PASSWORD, "new_password": NEW})

    assert customer_client.get("/api/v1/users/me/").status_code == 200
    bearer = {"Authorization": f"Bearer {elsewhere.access}"}
    assert APIClient().get("/api/v1/users/me/", headers=bearer).status_code == 401
    refreshed = APIClient().post("/api/v1/auth/refresh/", {"refresh": elsewhere.refresh})
    assert refreshed.status_code == 401


def test_the_owner_is_told_by_mail(customer_client: APIClient, customer: User) -> None:
    customer_client.post(URL, {"current_password": PASSWORD, "new_password": NEW})

    assert do_jobs() == ["users.tell"]
    (told,) = mail.outbox
    assert told.to == [customer.email]
    assert told.subject == "Your password for Nexus was changed"


def test_the_present_password_is_asked_for(customer_client: APIClient, customer: User) -> None:
    response = customer_client.post(URL, {"current_password": "wrong", "new_password": NEW})

    assert (response.status_code, response.data["code"]) == (403, "wrong_password")
    customer.refresh_from_db()
    assert customer.check_password(PASSWORD)
    assert do_jobs() == []


@pytest.mark.parametrize(
    ("password", "code"), [("short", "password_too_short"), ("password123", "password_too_common")]
)
def test_a_weak_password_is_refused(
    customer_client: APIClient, customer: User, password: str, code: str
) -> None:
    response = customer_client.post(URL, {"current_password": PASSWORD, "new_password": password})

    assert response.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in response.data["errors"]] == [
        ("/new_password", code)
    ]
    customer.refresh_from_db()
    assert customer.check_password(PASSWORD)


def test_whoever_found_an_open_device_cannot_try_passwords_for_long(
    customer_client: APIClient,
) -> None:
    tries = [
        customer_client.post(URL, {"current_password": "wrong", "new_password": NEW}).status_code
        for _ in range(11)
    ]

    assert tries == [403] * 10 + [429]
