from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Collection, CollectionProduct, Product
from catalog.services.curating import arrange
from catalog.tests.factories import CollectionFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/collections/"
PRODUCTS = "/api/v1/products/"


@pytest.fixture
def winter() -> Collection:
    """Return a collection of a mug, a jug and a cup in that order, and of what is not for sale."""
    products = [VariantFactory.create(product__slug=slug).product for slug in ("cup", "jug", "mug")]
    unpriced = ProductFactory.create(slug="unpriced")
    draft = VariantFactory.create(product__slug="draft", product__status="draft").product
    VariantFactory.create(product__slug="spade")
    collection: Collection = CollectionFactory.create(
        name="Winter", slug="winter", products=[draft, *reversed(products), unpriced]
    )
    return collection


def slugs(client: APIClient, **query: str) -> list[str]:
    response = client.get(PRODUCTS, {"collection": "winter", **query})
    assert response.status_code == 200, response.content
    return [card["slug"] for card in response.json()["results"]]


@pytest.mark.parametrize("rows", [1, 4])
def test_collections_are_listed_by_name_in_as_many_queries(
    api_client: APIClient,
    winter: Collection,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for number in range(rows):
        CollectionFactory.create(name=f"Autumn {number}", slug=f"autumn-{number}")

    with django_assert_num_queries(3):  # count, page, products of each
        shown = api_client.get(URL).json()["results"]

    assert [entry["slug"] for entry in shown] == [*(f"autumn-{n}" for n in range(rows)), "winter"]
    assert shown[-1] == {"name": "Winter", "slug": "winter", "product_count": 3}
    assert shown[0]["product_count"] == 0


def test_a_collection_has_a_page(
    api_client: APIClient, winter: Collection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Collection.objects.update(description="Warm things.", seo_title="Warm things to buy")

    with django_assert_num_queries(2):
        page = api_client.get(f"{URL}winter/").json()

    assert page == {
        "name": "Winter",
        "slug": "winter",
        "product_count": 3,
        "description": "Warm things.",
        "seo_title": "Warm things to buy",
        "seo_description": "",
    }


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": "draft"},
        {"status": "archived"},
        {"publish_from": timezone.now() + timedelta(hours=1)},
        {"publish_until": timezone.now() - timedelta(hours=1)},
    ],
)
def test_what_is_not_published_is_not_there(
    api_client: APIClient, winter: Collection, hidden: dict[str, object]
) -> None:
    Collection.objects.update(**hidden)

    assert api_client.get(URL).json()["results"] == []
    assert api_client.get(f"{URL}winter/").status_code == 404
    for url in (PRODUCTS, f"{PRODUCTS}facets/"):
        refused = api_client.get(url, {"collection": "winter"})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "collection")


def test_its_products_stand_in_the_order_of_the_staff(
    api_client: APIClient, winter: Collection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):  # collection, page, offers, images
        assert slugs(api_client) == ["mug", "jug", "cup"]
    assert slugs(api_client, ordering="collection") == ["mug", "jug", "cup"]
    assert slugs(api_client, ordering="-created_at") == ["mug", "jug", "cup"]
    ids = [Product.objects.get(slug=slug).pk for slug in ("jug", "cup", "mug")]
    arrange(collection=winter, product_ids=ids)

    assert slugs(api_client) == ["jug", "cup", "mug"]
    assert slugs(api_client, page="2", page_size="1") == ["cup"]
    assert slugs(api_client, ordering="-created_at") == ["mug", "jug", "cup"]


def test_a_walk_goes_through_a_collection_in_its_order(
    api_client: APIClient, winter: Collection
) -> None:
    query = {"collection": "winter", "ordering": "collection", "cursor": "", "page_size": "2"}
    first = api_client.get(PRODUCTS, query).json()
    second = api_client.get(first["next"]).json()

    walked = [card["slug"] for page in (first, second) for card in page["results"]]
    assert (walked, second["next"]) == (["mug", "jug", "cup"], None)


def test_a_search_within_it_is_by_relevance(api_client: APIClient, winter: Collection) -> None:
    Product.objects.filter(slug="cup").update(name="A mug for tea")
    Product.objects.filter(slug="mug").update(name="Mug")
    Product.objects.filter(slug="spade").update(name="Mug and spade")

    assert sorted(slugs(api_client, search="mug")) == ["cup", "mug"]
    assert slugs(api_client, search="mug", ordering="collection") == ["mug", "cup"]


def test_the_order_of_no_collection_is_refused(api_client: APIClient) -> None:
    refused = api_client.get(PRODUCTS, {"ordering": "collection"})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "ordering")


def test_a_product_may_be_in_several_and_goes_from_all_of_them() -> None:
    mug, jug = ProductFactory.create(), ProductFactory.create()
    one = CollectionFactory.create(products=[mug, jug])
    other = CollectionFactory.create(products=[jug, mug])

    mug.delete()

    assert list(one.products.all()) == list(other.products.all()) == [jug]


def test_the_database_keeps_one_place_for_each_product(winter: Collection) -> None:
    first, second = winter.placements.order_by("position")[:2]

    for wrong in (
        {"collection": winter, "product": first.product, "position": 500},
        {"collection": winter, "product": ProductFactory.create(), "position": 1000},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CollectionProduct.objects.create(**wrong)
    with pytest.raises(IntegrityError, match="collection_product_place"), transaction.atomic():
        _give_both_one_place(first, second)


def _give_both_one_place(first: CollectionProduct, second: CollectionProduct) -> None:
    CollectionProduct.objects.filter(pk=first.pk).update(position=second.position)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
