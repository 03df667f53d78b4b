from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from users.models import LoginSession, User
from users.services import sessions
from users.tests.factories import PASSWORD, AddressFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a longer and better one"  # noqa: S105


@pytest.fixture(autouse=True)
def _who_asks_is_a_user_too(settings: Settings) -> None:
    """Let a page load two accounts, its reader's and the one it shows, without alarm."""
    settings.ZEAL_ALLOWLIST = [{"model": "users.User", "field": "get()"}]


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def staff(*codenames: str) -> User:
    user = give_role(UserFactory.create(is_staff=True), "Support")
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture
def owner() -> Client:
    """The shop's owner, a superuser."""
    return sign_in(User.objects.create_superuser("owner@shop.example", PASSWORD))


@pytest.fixture
def clerk() -> Client:
    """One of the staff who looks after accounts."""
    return sign_in(staff("view_user", "add_user", "change_user", "delete_user"))


def change_url(user: User) -> str:
    return reverse("admin:users_user_change", args=[user.pk])


def form(user: User, **changes: Any) -> dict[str, Any]:
    return {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "is_active": "on",
        "login_sessions-TOTAL_FORMS": "0",
        "login_sessions-INITIAL_FORMS": "0",
        "addresses-TOTAL_FORMS": "0",
        "addresses-INITIAL_FORMS": "0",
        **changes,
    }


def test_an_account_is_found_by_part_of_its_address(
    owner: Client, customer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    UserFactory.create_batch(3)

    with django_assert_num_queries(8):
        page = owner.get(reverse("admin:users_user_changelist"), {"q": "ADA@"})

    assert list(page.context["cl"].result_list) == [customer]


def test_an_account_shows_its_addresses(owner: Client, customer: User) -> None:
    AddressFactory.create(user=customer, line1="12 Difference Lane")

    assert "12 Difference Lane" in owner.get(change_url(customer)).content.decode()


def test_an_account_is_added_by_address(owner: Client) -> None:
    page = owner.post(
        reverse("admin:users_user_add"),
        {
            "email": "new@shop.example",
            "password1": NEW_PASSWORD,
            "password2": NEW_PASSWORD,
        },
    )

    assert page.status_code == 302
    user = User.objects.with_email("new@shop.example").get()
    assert user.check_password(NEW_PASSWORD)
    assert not user.is_staff


@pytest.mark.usefixtures("customer")
def test_a_taken_address_is_told_in_the_form(owner: Client) -> None:
    page = owner.post(
        reverse("admin:users_user_add"),
        {"email": "ADA@shop.example", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )

    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == ["email"]


def test_an_owner_gives_a_role(owner: Client, customer: User) -> None:
    group, _ = Group.objects.get_or_create(name="Support")

    page = owner.post(change_url(customer), form(customer, is_staff="on", groups=[group.pk]))

    assert page.status_code == 302
    customer.refresh_from_db()
    assert customer.is_staff
    assert list(customer.groups.all()) == [group]


def test_a_clerk_changes_names_and_gives_no_rights(clerk: Client, customer: User) -> None:
    group, _ = Group.objects.get_or_create(name="Administrator")
    right = Permission.objects.get(codename="change_order")

    page = clerk.post(
        change_url(customer),
        form(
            customer,
            first_name="Grace",
            is_staff="on",
            is_superuser="on",
            groups=[group.pk],
            user_permissions=[right.pk],
        ),
    )

    assert page.status_code == 302
    customer.refresh_from_db()
    assert customer.first_name == "Grace"
    assert not customer.is_staff
    assert not customer.is_superuser
    assert not customer.groups.exists()
    assert not customer.user_permissions.exists()


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("rank", ["superuser", "more rights", "a role with more rights"])
def test_a_clerk_does_not_reach_up(clerk: Client, rank: str, is_active: bool) -> None:  # noqa: FBT001
    above = staff("change_order") if rank == "more rights" else UserFactory.create(is_staff=True)
    if rank == "superuser":
        above.is_superuser = True
    if rank == "a role with more rights":
        role, _ = Group.objects.get_or_create(name="Order manager")
        role.permissions.set(Permission.objects.filter(codename="change_order"))
        above.groups.add(role)
    above.is_active = is_active
    above.save()

    answers = [
        clerk.post(change_url(above), form(above, email="mine@elsewhere.example")),
        clerk.post(
            reverse("admin:auth_user_password_change", args=[above.pk]),
            {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"},
        ),
        clerk.post(reverse("admin:users_user_delete", args=[above.pk]), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    unchanged = User.objects.get(pk=above.pk)
    assert unchanged.email == above.email
    assert unchanged.check_password(PASSWORD)


def test_a_new_password_signs_out_everywhere(clerk: Client, customer: User) -> None:
    sessions.open_session(user=customer, address=None, user_agent="")

    page = clerk.post(
        reverse("admin:auth_user_password_change", args=[customer.pk]),
        {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"},
    )

    assert page.status_code == 302
    customer.refresh_from_db()
    assert customer.check_password(NEW_PASSWORD)
    assert not sessions.live_sessions(user=customer).exists()


def test_a_deactivated_account_is_signed_out_for_good(clerk: Client, customer: User) -> None:
    sessions.open_session(user=customer, address=None, user_agent="")
    deactivated = form(customer)
    del deactivated["is_active"]

    clerk.post(change_url(customer), deactivated)
    User.objects.filter(pk=customer.pk).update(is_active=True)

    assert not sessions.live_sessions(user=customer).exists()


@pytest.mark.parametrize(
    ("permissions", "is_revoked"),
    [(["view_loginsession"], False), (["view_loginsession", "change_loginsession"], True)],
)
def test_only_who_may_change_sessions_ends_them(
    customer: User,
    permissions: list[str],
    is_revoked: bool,  # noqa: FBT001
) -> None:
    sessions.open_session(user=customer, address="203.0.113.7", user_agent="Firefox")
    session = LoginSession.objects.get()

    page = sign_in(staff(*permissions)).post(
        reverse("admin:users_loginsession_changelist"),
        {"action": "revoke", "_selected_action": [session.pk]},
        follow=True,
    )

    assert "203.0.113.7" in page.content.decode()
    session.refresh_from_db()
    assert (session.revoked_at is not None) == is_revoked


@pytest.mark.parametrize("lost", ["role", "permission", "is_staff", "is_superuser", "is_active"])
def test_whoever_loses_rights_is_signed_out_at_once(owner: Client, lost: str) -> None:
    clerk = staff("view_user")
    clerk.is_superuser = lost == "is_superuser"
    clerk.save()
    at_work, pair = sign_in(clerk), sessions.open_session(user=clerk, address=None, user_agent="")
    assert at_work.get("/admin/").status_code == 200
    rights: dict[str, Any] = {
        "is_staff": "on",
        "groups": [clerk.groups.get().pk],
        "user_permissions": [Permission.objects.get(codename="view_user").pk],
        "is_superuser": "on" if lost == "is_superuser" else None,
        "is_active": "on",
    }
    rights[{"role": "groups", "permission": "user_permissions"}.get(lost, lost)] = None
    sent = form(clerk, **rights)

    page = owner.post(change_url(clerk), {name: v for name, v in sent.items() if v is not None})

    assert page.status_code == 302
    assert at_work.get("/admin/").status_code == 302
    with pytest.raises(sessions.TokenInvalid):
        sessions.refresh(raw=pair.refresh)
    assert not sessions.live_sessions(user=clerk).exists()


def test_whoever_keeps_their_rights_stays_signed_in(owner: Client) -> None:
    clerk = staff("view_user")
    at_work = sign_in(clerk)
    rights = {"groups": [clerk.groups.get().pk], "is_staff": "on", "first_name": "Grace"}
    rights["user_permissions"] = [Permission.objects.get(codename="view_user").pk]

    assert owner.post(change_url(clerk), form(clerk, **rights)).status_code == 302

    clerk.refresh_from_db()
    assert clerk.first_name == "Grace"
    assert at_work.get("/admin/").status_code == 200
