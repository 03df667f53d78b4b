from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Collection
from catalog.services.curating import arrange
from catalog.tests.admin_forms import errors_of
from catalog.tests.factories import CollectionFactory, ProductFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/collection/"


def form(*slugs: str, seen: str = "", **changes: Any) -> dict[str, Any]:
    typed = {"name": "Winter", "slug": "winter", "status": "published"}
    return {**typed, "placed": "\r\n".join(slugs), "initial-placed": seen, **changes}


def placed() -> list[str]:
    return list(
        Collection.objects.get()
        .products.order_by("placements__position")
        .values_list("slug", flat=True)
    )


@pytest.fixture
def winter() -> Collection:
    collection: Collection = CollectionFactory.create(
        products=[ProductFactory.create(slug=slug) for slug in ("mug", "jug", "cup")]
    )
    return collection


def test_a_collection_is_made_with_its_products(admin: Client) -> None:
    for slug in ("mug", "jug"):
        ProductFactory.create(slug=slug)

    response = admin.post(f"{LIST}add/", form("jug", "", " mug "))

    assert response.status_code == 302
    assert placed() == ["jug", "mug"]


def test_its_products_change_places(admin: Client, winter: Collection) -> None:
    page = admin.get(f"{LIST}{winter.pk}/change/").content.decode()
    response = admin.post(
        f"{LIST}{winter.pk}/change/", form("cup", "mug", seen="mug\r\njug\r\ncup")
    )

    assert "mug\njug\ncup</textarea>" in page
    assert '<script src="/static/catalog/ordered.js">' in page
    assert response.status_code == 302
    assert placed() == ["cup", "mug"]


@pytest.mark.parametrize(
    ("slugs", "text"),
    [
        (["mug", "gone"], "There is no product with the slug gone"),
        (["mug", "jug", "mug"], "Name each product once: mug"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    admin: Client, winter: Collection, slugs: list[str], text: str
) -> None:
    response = admin.post(f"{LIST}{winter.pk}/change/", form(*slugs, seen="mug\njug\ncup"))

    assert text in errors_of(response)
    assert placed() == ["mug", "jug", "cup"]


def test_an_old_page_does_not_undo_what_a_colleague_arranged(
    admin: Client, winter: Collection
) -> None:
    arrange(
        collection=winter,
        product_ids=list(winter.products.filter(slug="cup").values_list("pk", flat=True)),
    )
    seen = "mug\njug\ncup"

    renamed = admin.post(
        f"{LIST}{winter.pk}/change/", form("mug", "jug", "cup", seen=seen, name="Warm")
    )
    refused = admin.post(f"{LIST}{winter.pk}/change/", form("jug", "mug", seen=seen))

    assert renamed.status_code == 302
    assert Collection.objects.get().name == "Warm"
    assert "Somebody else has changed the order meanwhile." in errors_of(refused)
    assert placed() == ["cup"]


def test_a_window_closes_after_it_opens(admin: Client) -> None:
    window = {
        "publish_from_0": "2026-12-01",
        "publish_from_1": "08:00:00",
        "publish_until_0": "2026-11-01",
        "publish_until_1": "08:00:00",
    }

    assert "cannot cease to be shown before" in errors_of(admin.post(f"{LIST}add/", form(**window)))
    assert not Collection.objects.exists()


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_says_how_many_are_in_each_in_as_many_queries(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        CollectionFactory.create(products=[ProductFactory.create() for _ in range(3)])

    with django_assert_num_queries(5):
        page = admin.get(LIST).content.decode()

    assert page.count('<td class="field-size">3</td>') == rows
