from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Brand, Category, Product
from catalog.services.categories import MAX_DEPTH
from catalog.tests.factories import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db
CATEGORIES = "/api/v1/staff/categories/"
BRANDS = "/api/v1/staff/brands/"
NO_PROBLEMS: tuple[list[int], ...] = ([], [], [], [], [])


@pytest.fixture
def tree() -> dict[str, Category]:
    """Return a kitchen with mugs and bowls in it, and a garden."""
    kitchen = CategoryFactory.create(name="Kitchen", slug="kitchen")
    garden = CategoryFactory.create(name="Garden", slug="garden")
    mugs = CategoryFactory.create(name="Mugs", slug="mugs", parent=kitchen)
    bowls = CategoryFactory.create(name="Bowls", slug="bowls", parent=kitchen)
    return {"kitchen": kitchen, "garden": garden, "mugs": mugs, "bowls": bowls}


def url(category: Category) -> str:
    return f"{CATEGORIES}{category.pk}/"


def place(client: APIClient, category: Category, **where: str | None) -> Any:
    return client.put(f"{url(category)}position/", where)


def in_order() -> list[tuple[str, int]]:
    return list(Category.objects.order_by("path").values_list("slug", "depth"))


def test_the_list_is_in_the_order_of_the_tree(
    manager_client: APIClient,
    tree: dict[str, Category],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(5):  # session, two of permissions, count, page
        rows = manager_client.get(CATEGORIES).json()["results"]

    assert [(row["slug"], row["parent"], row["depth"], row["child_count"]) for row in rows] == [
        ("kitchen", None, 1, 2),
        ("mugs", "kitchen", 2, 0),
        ("bowls", "kitchen", 2, 0),
        ("garden", None, 1, 0),
    ]


def test_a_category_is_added_below_another(
    manager_client: APIClient, tree: dict[str, Category]
) -> None:
    response = manager_client.post(CATEGORIES, {"name": "Mugs", "parent": "garden"})

    assert response.status_code == 201
    assert (response.json()["slug"], response.json()["parent"]) == ("mugs-garden", "garden")
    assert response["ETag"] == manager_client.get(f"{CATEGORIES}{response.json()['id']}/")["ETag"]
    assert Category.objects.find_problems() == NO_PROBLEMS


def test_a_branch_moves_with_all_that_is_below_it(
    manager_client: APIClient, tree: dict[str, Category]
) -> None:
    product = ProductFactory.create(category=tree["mugs"])

    response = place(manager_client, tree["kitchen"], parent="garden")

    assert (response.status_code, response.json()["parent"]) == (200, "garden")
    assert in_order() == [("garden", 1), ("kitchen", 2), ("mugs", 3), ("bowls", 3)]
    assert Product.objects.get(category__path__startswith=tree["garden"].path) == product
    assert Category.objects.find_problems() == NO_PROBLEMS


@pytest.mark.parametrize(
    ("moving", "where", "order"),
    [
        ("bowls", {"parent": "kitchen", "before": "mugs"}, ["kitchen", "bowls", "mugs", "garden"]),
        ("garden", {"parent": None, "before": "kitchen"}, ["garden", "kitchen", "mugs", "bowls"]),
        ("mugs", {"parent": None}, ["kitchen", "bowls", "garden", "mugs"]),
        ("mugs", {"parent": "kitchen"}, ["kitchen", "bowls", "mugs", "garden"]),
        ("garden", {"parent": None}, ["kitchen", "mugs", "bowls", "garden"]),
        ("mugs", {"parent": "kitchen", "before": "mugs"}, ["kitchen", "mugs", "bowls", "garden"]),
    ],
)
def test_a_category_is_put_in_its_place(
    manager_client: APIClient,
    tree: dict[str, Category],
    moving: str,
    where: dict[str, str | None],
    order: list[str],
) -> None:
    assert place(manager_client, tree[moving], **where).status_code == 200

    assert [slug for slug, _ in in_order()] == order
    assert Category.objects.find_problems() == NO_PROBLEMS


@pytest.mark.parametrize("where", ["mugs", "kitchen"])
def test_a_category_never_stands_inside_itself(
    manager_client: APIClient, tree: dict[str, Category], where: str
) -> None:
    before = in_order()

    response = place(manager_client, tree["kitchen"], parent=where)

    assert (response.status_code, response.json()["code"]) == (409, "category_inside_itself")
    assert in_order() == before


def test_a_neighbour_that_is_elsewhere_is_refused(
    manager_client: APIClient, tree: dict[str, Category]
) -> None:
    response = place(manager_client, tree["bowls"], parent="garden", before="mugs")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/before")


def test_a_move_cannot_make_the_tree_too_deep(manager_client: APIClient) -> None:
    deepest = CategoryFactory.create(slug="deep-1")
    for depth in range(2, MAX_DEPTH + 1):
        deepest = CategoryFactory.create(slug=f"deep-{depth}", parent=deepest)
    branch = CategoryFactory.create(slug="branch")
    CategoryFactory.create(slug="twig", parent=branch)

    response = place(manager_client, branch, parent=f"deep-{MAX_DEPTH - 1}")

    assert (response.status_code, response.json()["code"]) == (400, "category_too_deep")
    assert Category.objects.get(slug="branch").depth == 1
    assert place(manager_client, branch, parent=f"deep-{MAX_DEPTH - 2}").status_code == 200


def test_a_category_is_renamed_and_only_as_it_was_seen(
    manager_client: APIClient, tree: dict[str, Category]
) -> None:
    seen = manager_client.get(url(tree["mugs"]))["ETag"]
    place(manager_client, tree["mugs"], parent="garden")

    late = manager_client.patch(url(tree["mugs"]), {"name": "Cups"}, headers={"If-Match": seen})
    now = manager_client.patch(url(tree["mugs"]), {"name": "Cups", "description": "Big ones."})
    taken = manager_client.patch(url(tree["mugs"]), {"slug": "bowls"})

    assert late.status_code == 412
    assert (now.status_code, now.json()["name"], now.json()["parent"]) == (200, "Cups", "garden")
    assert (taken.status_code, taken.json()["code"]) == (409, "slug_taken")


def test_only_an_empty_category_is_deleted(
    manager_client: APIClient, tree: dict[str, Category]
) -> None:
    ProductFactory.create(category=tree["mugs"])

    assert manager_client.delete(url(tree["kitchen"])).json()["code"] == "still_in_use"
    assert manager_client.delete(url(tree["mugs"])).json()["code"] == "still_in_use"
    assert manager_client.delete(url(tree["bowls"])).status_code == 204
    assert [slug for slug, _ in in_order()] == ["kitchen", "mugs", "garden"]
    assert Category.objects.find_problems() == NO_PROBLEMS


def test_brands_are_added_renamed_and_deleted(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    added = manager_client.post(BRANDS, {"name": "Ottersby"})
    brand = Brand.objects.get()
    product = ProductFactory.create(brand=brand)
    with django_assert_num_queries(5):  # session, two of permissions, count, page
        listed = manager_client.get(BRANDS, {"search": "otter"}).json()["results"]
    renamed = manager_client.patch(f"{BRANDS}{brand.pk}/", {"name": "Badger & Co"})
    refused = manager_client.delete(f"{BRANDS}{brand.pk}/")
    Product.objects.update(brand=None)
    deleted = manager_client.delete(f"{BRANDS}{brand.pk}/")

    assert (added.status_code, added.json()["slug"]) == (201, "ottersby")
    assert listed == [added.json()]
    assert (renamed.status_code, renamed.json()["slug"]) == (200, "ottersby")
    product.refresh_from_db()
    assert "badger & co" in product.search_text
    assert (refused.status_code, refused.json()["code"]) == (409, "still_in_use")
    assert deleted.status_code == 204
    assert not Brand.objects.exists()


def test_a_brand_has_a_name_and_a_slug_of_its_own(manager_client: APIClient) -> None:
    BrandFactory.create(name="Ottersby", slug="ottersby")

    same_name = manager_client.post(BRANDS, {"name": "Ottersby", "slug": "other"})
    same_slug = manager_client.post(BRANDS, {"name": "Other", "slug": "ottersby"})

    assert (same_name.status_code, same_name.json()["code"]) == (409, "brand_exists")
    assert (same_slug.status_code, same_slug.json()["code"]) == (409, "slug_taken")
    assert Brand.objects.count() == 1


def test_a_brand_is_changed_only_as_it_was_seen(manager_client: APIClient) -> None:
    brand = BrandFactory.create(name="Ottersby")
    seen = manager_client.get(f"{BRANDS}{brand.pk}/")["ETag"]
    Brand.objects.update(name="Badger")

    late = manager_client.patch(f"{BRANDS}{brand.pk}/", {"name": "X"}, headers={"If-Match": seen})

    assert late.status_code == 412
    assert Brand.objects.get().name == "Badger"


def test_being_staff_opens_nothing(clerk_client: APIClient, tree: dict[str, Category]) -> None:
    assert clerk_client.get(CATEGORIES).status_code == 403
    assert clerk_client.post(CATEGORIES, {"name": "X"}).status_code == 403
    assert place(clerk_client, tree["mugs"], parent="garden").status_code == 403
    assert clerk_client.delete(url(tree["mugs"])).status_code == 403
    assert clerk_client.post(BRANDS, {"name": "X"}).status_code == 403
    assert Category.objects.count() == 4
