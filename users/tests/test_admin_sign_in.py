import pytest
from django.test import Client

from users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str = PASSWORD) -> int:
    response = client.post("/admin/login/?next=/admin/", {"username": email, "password": password})
    return response.status_code


def test_staff_sign_in_to_the_admin_however_they_spell_their_address(client: Client) -> None:
    UserFactory.create(email="staff@shop.example", is_staff=True)

    assert sign_in(client, "STAFF@shop.example") == 302


def test_the_admins_door_has_the_limits_of_the_apis(client: Client) -> None:
    UserFactory.create(email="staff@shop.example", is_staff=True)
    assert [sign_in(client, "staff@shop.example", "wrong") for _ in range(10)] == [200] * 10

    refused = client.post("/admin/login/", {"username": "staff@shop.example", "password": PASSWORD})

    assert b"Too many requests" in refused.content
    assert "_auth_user_id" not in client.session
