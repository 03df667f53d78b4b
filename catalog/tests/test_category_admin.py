import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django.fixtures import Settings

from catalog.models import Category
from catalog.tests.factories import CategoryFactory, ProductFactory
from users.tests.factories import UserFactory, give_role

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/category/"
NO_PROBLEMS: tuple[list[int], ...] = ([], [], [], [], [])


@pytest.fixture
def lighting() -> Category:
    return CategoryFactory.create(name="Lighting", slug="lighting")


def test_the_tree_works_under_the_policy_of_the_admin(admin: Client, lighting: Category) -> None:
    CategoryFactory.create(name="Lamps", parent=lighting)

    response = admin.get(LIST)

    page = response.content.decode()
    scripts = re.findall(r"<script\b([^>]*)>", page)
    assert "script-src 'self'" in response["Content-Security-Policy"]
    # Loaded from the shop itself, or data that no browser runs.
    assert all('src="/' in tag or 'type="application/json"' in tag for tag in scripts)
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style", page)
    assert "Lighting" in page


def test_the_branches_of_a_category_are_loaded_when_it_is_opened(
    admin: Client, lighting: Category
) -> None:
    CategoryFactory.create(name="Lamps", parent=lighting)

    branch = admin.get(f"{LIST}children/{lighting.pk}/").json()

    assert "Lamps" in branch["result_html"]


def test_a_category_is_put_below_another(admin: Client, lighting: Category) -> None:
    response = admin.post(
        f"{LIST}add/",
        {
            "name": "Lamps",
            "slug": "lamps",
            "treebeard_position": "first-child",
            "treebeard_ref_node": lighting.pk,
        },
    )

    assert response.status_code == 302
    lamps = Category.objects.get(slug="lamps")
    assert (lamps.depth, lamps.path[:4]) == (2, lighting.path)
    assert Category.objects.find_problems() == NO_PROBLEMS


def test_a_category_is_moved_by_form_and_by_drag(
    admin: Client, lighting: Category, settings: Settings
) -> None:
    lamps = CategoryFactory.create(name="Lamps", slug="lamps")
    clamps = CategoryFactory.create(name="Clamp lamps", slug="clamp-lamps")

    # The forms look up each of their two nodes by itself.
    settings.ZEAL_ALLOWLIST = [{"model": "catalog.Category", "field": "get()"}]
    admin.post(
        f"{LIST}{lamps.pk}/change/",
        {
            "name": "Lamps",
            "slug": "lamps",
            "treebeard_position": "first-child",
            "treebeard_ref_node": lighting.pk,
        },
    )
    admin.post(f"{LIST}move/", {"node": clamps.pk, "target": lamps.pk, "relation": "child"})

    assert tree() == [("Lighting", 1), ("Lamps", 2), ("Clamp lamps", 3)]
    assert Category.objects.find_problems() == NO_PROBLEMS


def drop(client: Client, moving: Category, target: Category, relation: str = "child") -> Any:
    form = {"node": moving.pk, "target": target.pk, "relation": relation}
    return client.post(f"{LIST}move/", form)


def tree() -> list[tuple[str, int]]:
    return list(Category.objects.order_by("path").values_list("name", "depth"))


def test_a_category_is_dropped_before_another(admin: Client, lighting: Category) -> None:
    lamps = CategoryFactory.create(name="Lamps", parent=lighting)
    garden = CategoryFactory.create(name="Garden")

    assert drop(admin, garden, lamps, "sibling").status_code == 200

    assert tree() == [("Lighting", 1), ("Garden", 2), ("Lamps", 2)]
    assert "Garden stands before Lamps now." in admin.get(LIST).content.decode()
    assert LogEntry.objects.get().change_message == "Moved before Lamps."


@pytest.mark.parametrize("relation", ["child", "sibling"])
def test_a_drop_into_its_own_branch_says_why_not(
    admin: Client, lighting: Category, relation: str
) -> None:
    lamps = CategoryFactory.create(name="Lamps", parent=lighting)
    before = tree()

    refused = drop(admin, lighting, lamps, relation)

    assert refused.status_code == 409
    assert "Lighting stays where it is: A category cannot stand inside itself" in (
        admin.get(LIST).content.decode()
    )
    assert tree() == before
    assert not LogEntry.objects.exists()


def test_a_drop_on_what_is_gone_moves_nothing(admin: Client, lighting: Category) -> None:
    gone = Category(pk=2**40)

    assert drop(admin, lighting, gone).status_code == 409
    assert drop(admin, lighting, lighting, "around").status_code == 409
    assert admin.post(f"{LIST}move/", {}).status_code == 409
    assert tree() == [("Lighting", 1)]


def test_who_may_not_change_categories_moves_none(client: Client, lighting: Category) -> None:
    lamps = CategoryFactory.create(name="Lamps")
    viewer = give_role(UserFactory.create(is_staff=True), "Support")
    client.force_login(viewer)

    assert drop(client, lamps, lighting).status_code == 403
    assert tree() == [("Lighting", 1), ("Lamps", 1)]


def test_a_category_with_products_is_not_deleted(admin: Client, lighting: Category) -> None:
    ProductFactory.create(category=lighting)

    for url, form in (
        (f"{LIST}{lighting.pk}/delete/", {"post": "yes"}),
        (LIST, {"action": "delete_selected", "_selected_action": lighting.pk, "post": "yes"}),
    ):
        admin.post(url, form)

    assert Category.objects.get() == lighting


def test_an_empty_category_is_deleted(admin: Client, lighting: Category) -> None:
    CategoryFactory.create(parent=lighting)

    admin.post(f"{LIST}{lighting.pk}/delete/", {"post": "yes"})

    assert not Category.objects.exists()
