import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from users.roles import ROLES, write_groups
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def held() -> dict[str, set[str]]:
    names: dict[str, set[str]] = {group.name: set() for group in Group.objects.all()}
    rows = Group.objects.values_list(
        "name", "permissions__content_type__app_label", "permissions__codename"
    )
    for group, app, codename in rows:
        names[group].add(f"{app}.{codename}")
    return names


def write() -> None:
    ContentType.objects.clear_cache()
    with connection.schema_editor() as editor:
        write_groups(apps, editor)


def test_the_groups_hold_exactly_what_the_roles_say() -> None:
    write()

    assert held() == {role: set(names) for role, names in ROLES.items()}
    assert list(ROLES) == [
        "Catalogue manager",
        "Order manager",
        "Support",
        "Moderator",
        "Administrator",
    ]


def test_the_groups_are_made_before_any_permission_is_there() -> None:
    Group.objects.all().delete()
    Permission.objects.all().delete()

    write()

    assert held() == {role: set(names) for role, names in ROLES.items()}


def test_writing_the_groups_again_changes_nothing() -> None:
    write()
    before = (held(), Group.objects.count(), Permission.objects.count())

    write()

    assert (held(), Group.objects.count(), Permission.objects.count()) == before


def test_what_somebody_added_to_a_role_by_hand_is_taken_back() -> None:
    write()
    Group.objects.get(name="Support").permissions.add(
        Permission.objects.get(codename="delete_user")
    )

    write()

    assert "users.delete_user" not in held()["Support"]


def test_support_changes_nothing() -> None:
    assert {name.split(".")[1].split("_")[0] for name in ROLES["Support"]} == {"view"}


def test_nobody_but_a_superuser_changes_groups_or_ledgers() -> None:
    everything = {name for names in ROLES.values() for name in names}

    assert (
        everything
        & {
            "auth.change_group",
            "auth.add_group",
            "orders.delete_order",
            "orders.change_orderevent",
            "catalog.change_stockmovement",
            "common.change_event",
        }
        == set()
    )


def test_a_member_of_a_group_may_what_the_role_says() -> None:
    write()
    user = UserFactory.create(is_staff=True)
    user.groups.add(Group.objects.get(name="Order manager"))

    assert user.has_perm("orders.change_order")
    assert not user.has_perm("reviews.change_review")
