import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from users.roles import ROLES
from users.tests.factories import PASSWORD, UserFactory, give_role

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str = PASSWORD) -> int:
    response = client.post("/admin/login/?next=/admin/", {"username": email, "password": password})
    return response.status_code


@pytest.mark.parametrize("role", ROLES)
def test_staff_in_a_role_sign_in_however_they_spell_their_address(
    client: Client, role: str
) -> None:
    give_role(UserFactory.create(email="staff@shop.example", is_staff=True), role)

    assert sign_in(client, "STAFF@shop.example") == 302
    assert client.get("/admin/").status_code == 200


def test_being_staff_without_a_role_opens_nothing(client: Client) -> None:
    idle = UserFactory.create(email="staff@shop.example", is_staff=True)
    idle.user_permissions.set(Permission.objects.filter(codename="view_order"))
    idle.groups.add(Group.objects.create(name="Friends of the house"))

    assert sign_in(client, "staff@shop.example") == 200
    assert "_auth_user_id" not in client.session


def test_a_role_without_being_staff_opens_nothing(client: Client) -> None:
    give_role(UserFactory.create(email="ada@shop.example"), "Administrator")

    assert sign_in(client, "ada@shop.example") == 200
    assert "_auth_user_id" not in client.session


def test_losing_the_role_closes_the_door_at_once(client: Client) -> None:
    clerk = give_role(UserFactory.create(email="staff@shop.example", is_staff=True), "Support")
    sign_in(client, "staff@shop.example")
    clerk.groups.clear()

    refused = client.get("/admin/", follow=True, headers={"accept": "text/html"})

    assert refused.status_code == 403
    assert b"<form" not in refused.content
    assert "_auth_user_id" not in client.session


def test_the_admins_door_has_the_limits_of_the_apis(client: Client) -> None:
    give_role(UserFactory.create(email="staff@shop.example", is_staff=True), "Support")
    assert [sign_in(client, "staff@shop.example", "wrong") for _ in range(10)] == [200] * 10

    refused = client.post("/admin/login/", {"username": "staff@shop.example", "password": PASSWORD})

    assert b"Too many requests" in refused.content
    assert "_auth_user_id" not in client.session
