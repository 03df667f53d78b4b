from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Product
from catalog.tests.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from ecommerce_backend.common.models import Event
from users.models import User

pytestmark = pytest.mark.django_db
LIST = "/api/v1/staff/products/"


def url(product: Product) -> str:
    return f"{LIST}{product.pk}/"


def test_a_new_product_is_a_draft_with_a_slug_of_its_name(manager_client: APIClient) -> None:
    BrandFactory.create(slug="ottersby")
    CategoryFactory.create(slug="mugs")
    body = {
        "name": "Harbour Mug",
        "description": "Two\nlines.",
        "brand": "ottersby",
        "category": "mugs",
        "options": ["Colour"],
        "attributes": {"Material": "Porcelain"},
        "seo_title": "A mug",
    }

    response = manager_client.post(LIST, body)

    assert response.status_code == 201
    product = Product.objects.get()
    assert response.json() == {
        **body,
        "id": product.pk,
        "slug": "harbour-mug",
        "status": "draft",
        "publish_from": None,
        "publish_until": None,
        "seo_description": "",
        "created_at": response.json()["created_at"],
    }
    assert manager_client.get(url(product))["ETag"] == response["ETag"]
    assert product.search_text.startswith("harbour mug")


def test_the_list_has_drafts_and_archived_ones_and_how_many_variants_each(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mug = ProductFactory.create(name="Mug", status="draft", brand=BrandFactory.create(slug="otter"))
    VariantFactory.create(product=mug)
    VariantFactory.create(product=mug)
    ProductFactory.create(name="Bowl", status="archived")

    with django_assert_num_queries(5):  # session, two of permissions, count, page
        page = manager_client.get(LIST).json()

    rows = [(row["name"], row["status"], row["variant_count"]) for row in page["results"]]
    assert rows == [("Bowl", "archived", 0), ("Mug", "draft", 2)]
    assert page["results"][1]["brand"] == "otter"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"status": "draft"}, ["Mug"]),
        ({"brand": "otter"}, ["Mug"]),
        ({"category": "kitchen"}, ["Mug"]),
        ({"search": "MU"}, ["Mug"]),
        ({"ordering": "name"}, ["Bowl", "Mug"]),
        ({"ordering": "-name"}, ["Mug", "Bowl"]),
        ({"ordering": "created_at"}, ["Mug", "Bowl"]),
    ],
)
def test_the_list_is_filtered(
    manager_client: APIClient, query: dict[str, str], names: list[str]
) -> None:
    kitchen = CategoryFactory.create(slug="kitchen")
    ProductFactory.create(
        name="Mug",
        status="draft",
        brand=BrandFactory.create(slug="otter"),
        category=CategoryFactory.create(parent=kitchen),
    )
    ProductFactory.create(name="Bowl")

    found = manager_client.get(LIST, query).json()["results"]

    assert [row["name"] for row in found] == names


@pytest.mark.parametrize("query", [{"status": "sold"}, {"ordering": "pk"}, {"brand": "nobody"}])
def test_an_unknown_filter_is_refused(manager_client: APIClient, query: dict[str, str]) -> None:
    response = manager_client.get(LIST, query)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == next(iter(query))


def test_a_change_leaves_what_it_does_not_name(manager_client: APIClient) -> None:
    product = ProductFactory.create(name="Mug", slug="mug", description="Blue.")

    response = manager_client.patch(url(product), {"name": "Cup"})

    assert (response.status_code, response.json()["name"]) == (200, "Cup")
    product.refresh_from_db()
    assert (product.name, product.slug, product.description) == ("Cup", "mug", "Blue.")
    assert product.search_text.startswith("cup")
    event = Event.objects.get(type="product.changed")
    assert (event.subject, event.payload) == (f"product:{product.pk}", {"changed": ["name"]})


def test_a_change_to_what_is_there_already_is_no_event(manager_client: APIClient) -> None:
    product = ProductFactory.create(name="Mug")

    assert manager_client.patch(url(product), {"name": "Mug"}).status_code == 200
    assert not Event.objects.exists()


def test_nobody_writes_over_what_a_colleague_changed(manager_client: APIClient) -> None:
    product = ProductFactory.create(name="Mug")
    seen = manager_client.get(url(product))["ETag"]
    theirs = manager_client.patch(url(product), {"name": "Cup"}, headers={"If-Match": seen})

    mine = manager_client.patch(url(product), {"name": "Jug"}, headers={"If-Match": seen})
    gone = manager_client.delete(url(product), headers={"If-Match": seen})
    again = manager_client.patch(
        url(product), {"name": "Jug"}, headers={"If-Match": theirs["ETag"]}
    )

    assert (theirs.status_code, mine.status_code, gone.status_code) == (200, 412, 412)
    assert mine.json()["code"] == "precondition_failed"
    assert (again.status_code, Product.objects.get().name) == (200, "Jug")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": "x" * 256}, "/name"),
        ({"name": "a\u202eb"}, "/name"),
        ({"name": "x", "slug": "no good"}, "/slug"),
        ({"name": "x", "brand": "nobody"}, "/brand"),
        ({"name": "x", "category": 7}, "/category"),
        ({"name": "x", "status": "sold"}, "/status"),
        ({"name": "x", "options": ["a", "a"]}, "/options"),
        ({"name": "x", "options": "Colour"}, "/options"),
        ({"name": "x", "attributes": []}, "/attributes"),
        ({"name": "x", "attributes": {"a": "x" * 70_000}}, "/attributes"),
        ({"name": "x", "publish_from": "soon"}, "/publish_from"),
        ({"name": "x", "rating_count": 5}, "/rating_count"),
        (
            {
                "name": "x",
                "publish_from": "2026-02-01T00:00:00Z",
                "publish_until": "2026-02-01T00:00:00Z",
            },
            "/publish_until",
        ),
    ],
)
def test_a_malformed_product_is_refused(
    manager_client: APIClient, body: dict[str, Any], pointer: str
) -> None:
    response = manager_client.post(LIST, body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer
    assert not Product.objects.exists()


def test_a_slug_belongs_to_one_product(manager_client: APIClient) -> None:
    ProductFactory.create(slug="mug")
    other = ProductFactory.create(slug="cup")

    added = manager_client.post(LIST, {"name": "Mug", "slug": "mug"})
    changed = manager_client.patch(url(other), {"slug": "mug"})

    for response in (added, changed):
        assert (response.status_code, response.json()["code"]) == (409, "slug_taken")
    assert Product.objects.count() == 2


def test_options_stay_while_variants_speak_of_them(manager_client: APIClient) -> None:
    variant = VariantFactory.create(product__options=["Serial"])

    response = manager_client.patch(url(variant.product), {"options": ["Size"]})

    assert (response.status_code, response.json()["code"]) == (409, "options_in_use")
    variant.product.refresh_from_db()
    assert variant.product.options == ["Serial"]


def test_a_product_with_variants_is_archived_not_deleted(manager_client: APIClient) -> None:
    sold = VariantFactory.create().product
    mistake = ProductFactory.create()

    assert manager_client.delete(url(sold)).json()["code"] == "still_in_use"
    assert manager_client.delete(url(mistake)).status_code == 204
    assert manager_client.get(url(mistake)).status_code == 404
    assert list(Product.objects.all()) == [sold]


def test_each_act_needs_its_own_permission(clerk_client: APIClient, api_client: APIClient) -> None:
    product = ProductFactory.create(name="Mug")

    for client, status in ((clerk_client, 403), (api_client, 401)):
        assert client.get(LIST).status_code == status
        assert client.post(LIST, {"name": "Cup"}).status_code == status
        assert client.patch(url(product), {"name": "Cup"}).status_code == status
        assert client.delete(url(product)).status_code == status
    assert list(Product.objects.values_list("name", flat=True)) == ["Mug"]


def test_who_may_only_look_changes_nothing(
    manager_client: APIClient, catalogue_manager: User
) -> None:
    product = ProductFactory.create()
    catalogue_manager.user_permissions.set(
        catalogue_manager.user_permissions.filter(codename__startswith="view_")
    )

    assert manager_client.get(url(product)).status_code == 200
    assert manager_client.patch(url(product), {"name": "Cup"}).status_code == 403
    assert manager_client.post(LIST, {"name": "Cup"}).status_code == 403
    assert manager_client.delete(url(product)).status_code == 403


@pytest.mark.parametrize(
    ("opens", "closes", "is_shown"),
    [(None, None, True), (-1, 1, True), (1, None, False), (None, -1, False), (-2, -1, False)],
)
def test_the_clock_alone_opens_and_closes_the_window(
    api_client: APIClient, *, opens: int | None, closes: int | None, is_shown: bool
) -> None:
    now = timezone.now()
    VariantFactory.create(
        sku="MUG",
        product__slug="mug",
        product__publish_from=opens and now + timedelta(hours=opens),
        product__publish_until=closes and now + timedelta(hours=closes),
    )

    assert (api_client.get("/api/v1/products/mug/").status_code == 200) is is_shown
    assert api_client.get("/api/v1/products/").json()["count"] == is_shown
    added = api_client.post("/api/v1/cart/lines/", {"sku": "MUG"})
    assert added.status_code == (201 if is_shown else 404)


def test_what_leaves_its_window_in_a_cart_cannot_be_bought(api_client: APIClient) -> None:
    VariantFactory.create(sku="MUG")
    token = api_client.post("/api/v1/cart/lines/", {"sku": "MUG"})["X-Cart-Token"]

    Product.objects.update(publish_until=timezone.now() - timedelta(seconds=1))

    (line,) = api_client.get("/api/v1/cart/", headers={"X-Cart-Token": token}).json()["lines"]
    assert line["warnings"] == ["unavailable"]


def test_the_database_keeps_a_window_in_order() -> None:
    now = timezone.now()

    with pytest.raises(IntegrityError, match="product_window_opens_first"), transaction.atomic():
        ProductFactory.create(publish_from=now, publish_until=now)


def test_a_moment_of_long_ago_is_shown_as_it_was_sent(manager_client: APIClient) -> None:
    long_ago = "0030-10-18T00:42:02Z"

    response = manager_client.post(LIST, {"name": "Amphora", "publish_from": long_ago})

    assert (response.status_code, response.json()["publish_from"]) == (201, long_ago)
