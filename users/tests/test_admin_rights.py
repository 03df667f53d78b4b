"""Nobody gives what they lack, and nobody changes themselves."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from orders.tests.factories import paid_order
from users.models import User
from users.services import sessions
from users.tests.factories import PASSWORD, UserFactory
from users.tests.test_admin import change_url, form, sign_in, staff

pytestmark = pytest.mark.django_db
ROLES = reverse("admin:auth_group_changelist")


@pytest.fixture(autouse=True)
def _who_asks_is_a_user_too(settings: Settings) -> None:
    settings.ZEAL_ALLOWLIST = [{"model": "users.User", "field": "get()"}]


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("owner@shop.example", PASSWORD)


@pytest.fixture
def owner(boss: User) -> Client:
    return sign_in(boss)


@pytest.fixture
def administrator() -> User:
    """One of the staff with every right that a role has, and no superuser."""
    return staff(
        "view_user",
        "add_user",
        "change_user",
        "delete_user",
        "view_group",
        "change_group",
        "view_loginsession",
        "change_loginsession",
    )


@pytest.mark.parametrize("who", ["boss", "administrator"])
def test_nobody_changes_their_own_rights(who: str, request: pytest.FixtureRequest) -> None:
    person: User = request.getfixturevalue(who)
    group = Group.objects.get_or_create(name="Order manager")[0]
    before = (person.is_staff, person.is_superuser, set(person.groups.all()))
    changes: dict[str, Any] = {"first_name": "Grace", "is_superuser": "on", "groups": [group.pk]}

    page = sign_in(person).post(change_url(person), form(person, **changes))

    assert page.status_code == 302
    person.refresh_from_db()
    assert person.first_name == "Grace"
    assert (person.is_staff, person.is_superuser, set(person.groups.all())) == before
    assert not AuditRecord.objects.filter(action=Action.RIGHTS_CHANGED).exists()


def test_nobody_shuts_themselves_out(boss: User, owner: Client) -> None:
    shut = form(boss)
    del shut["is_active"]

    owner.post(change_url(boss), shut)

    assert User.objects.filter(pk=boss.pk, is_active=True).exists()


def test_only_a_superuser_makes_one(owner: Client, administrator: User, customer: User) -> None:
    wanted = form(customer, is_staff="on", is_superuser="on")

    sign_in(administrator).post(change_url(customer), wanted)
    assert not User.objects.filter(pk=customer.pk, is_superuser=True).exists()
    owner.post(change_url(customer), wanted)
    assert User.objects.filter(pk=customer.pk, is_superuser=True).exists()

    (record,) = AuditRecord.objects.filter(action=Action.RIGHTS_CHANGED)
    assert record.subject == f"user:{customer.pk}"
    assert record.details["changed"] == ["is_staff", "is_superuser"]


def test_a_lost_role_ends_the_sessions(owner: Client, administrator: User) -> None:
    pair = sessions.open_session(user=administrator, address=None, user_agent="")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    visit = sign_in(administrator)
    assert client.get("/api/v1/users/me/").status_code == 200
    assert visit.get("/admin/").status_code == 200

    owner.post(change_url(administrator), form(administrator, is_staff="on"))  # no group

    assert client.get("/api/v1/users/me/").status_code == 401
    assert visit.get("/admin/").status_code == 302


def test_a_role_is_read_by_staff_and_changed_by_superusers(
    owner: Client, administrator: User
) -> None:
    role = Group.objects.get(name="Support")
    right = Permission.objects.get(codename="change_order")
    role.permissions.set([right])
    clerk = sign_in(administrator)
    url = reverse("admin:auth_group_change", args=[role.pk])
    everything = [permission.pk for permission in Permission.objects.all()]

    shown = clerk.get(url).content.decode()
    refused = clerk.post(url, {"name": "Support", "permissions": everything})

    assert "<div>order: change</div>" in shown
    assert refused.status_code == 403
    assert list(role.permissions.all()) == [right]
    view = Permission.objects.get(codename="view_order")
    assert owner.post(url, {"name": "Support", "permissions": [view.pk]}).status_code == 302
    record = AuditRecord.objects.get(action=Action.RIGHTS_CHANGED)
    assert record.subject == f"role:{role.pk}"
    assert record.details == {"given": ["orders.view_order"], "taken": ["orders.change_order"]}


def test_the_roles_are_listed_with_their_people(
    owner: Client, administrator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("Order manager", "Moderator", "Catalogue manager"):
        Group.objects.get_or_create(name=name)

    with django_assert_num_queries(5):
        page = owner.get(ROLES)

    people = {role.name: role.people for role in page.context["cl"].result_list}
    assert people["Support"] == 1
    assert people["Moderator"] == 0


def test_an_account_shows_where_it_is_signed_in(owner: Client, customer: User) -> None:
    sessions.open_session(user=customer, address="203.0.113.7", user_agent="Firefox")
    sessions.open_session(user=customer, address="203.0.113.8", user_agent="Safari")
    ended = customer.login_sessions.get(user_agent="Safari")
    sessions.revoke_session(session=ended, because="signed out")

    page = owner.get(change_url(customer)).content.decode()

    assert "Firefox" in page
    assert "Safari" not in page


def erase(client: Client, account: User) -> Any:
    url = reverse("admin:users_user_delete", args=[account.pk])
    assert client.get(url).status_code in {200, 403}
    return client.post(url, {"post": "yes"}, follow=True)


def test_staff_erase_a_person_on_request(administrator: User, customer: User) -> None:
    page = erase(sign_in(administrator), customer)

    assert f"account {customer.pk}" in page.content.decode()
    customer.refresh_from_db()
    assert not customer.is_active
    assert customer.email.endswith("@erased.invalid")
    record = AuditRecord.objects.get(action=Action.ACCOUNT_ERASED)
    assert (record.actor_id, record.details) == (administrator.pk, {"because": "asked of staff"})


def test_staff_are_told_which_orders_are_on_their_way(administrator: User, customer: User) -> None:
    order = paid_order(customer=customer)

    page = erase(sign_in(administrator), customer)

    assert f"Orders of this account are on their way. {order.number}" in page.content.decode()
    customer.refresh_from_db()
    assert customer.is_active


def test_nobody_erases_themselves_or_who_has_more_rights(
    boss: User, administrator: User, customer: User
) -> None:
    for client, account in (
        (sign_in(boss), boss),
        (sign_in(administrator), administrator),
        (sign_in(administrator), boss),
        (sign_in(staff("view_user", "change_user")), customer),
    ):
        assert erase(client, account).status_code == 403
        account.refresh_from_db()
        assert account.is_active


def test_many_are_not_erased_at_a_stroke(owner: Client) -> None:
    people = UserFactory.create_batch(2)

    owner.post(
        reverse("admin:users_user_changelist"),
        {
            "action": "delete_selected",
            "_selected_action": [person.pk for person in people],
            "post": "yes",
        },
    )

    assert User.objects.filter(pk__in=[person.pk for person in people], is_active=True).count() == 2
