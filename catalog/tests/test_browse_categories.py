import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Product
from catalog.tests.factories import BrandFactory, CategoryFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shelves() -> None:
    """Lighting with lamps with clamp lamps, and furniture, which is empty."""
    lighting = CategoryFactory.create(name="Lighting", slug="lighting")
    lamps = CategoryFactory.create(name="Lamps", slug="lamps", parent=lighting)
    clamps = CategoryFactory.create(name="Clamp lamps", slug="clamp-lamps", parent=lamps)
    furniture = CategoryFactory.create(name="Furniture", slug="furniture")
    VariantFactory.create(product__category=lighting)
    VariantFactory.create(product__category=lamps)
    VariantFactory.create(product__category=clamps)
    VariantFactory.create(product__category=clamps)
    VariantFactory.create(product__category=furniture, product__status=Product.Status.DRAFT)
    VariantFactory.create(product__category=furniture, price=None)


def test_the_tree_counts_what_is_below_each_branch(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        tree = api_client.get("/api/v1/categories/").json()

    clamps = {"name": "Clamp lamps", "slug": "clamp-lamps", "product_count": 2, "children": []}
    lamps = {"name": "Lamps", "slug": "lamps", "product_count": 3, "children": [clamps]}
    assert tree == [
        {"name": "Lighting", "slug": "lighting", "product_count": 4, "children": [lamps]},
        {"name": "Furniture", "slug": "furniture", "product_count": 0, "children": []},
    ]


def test_a_category_shows_the_way_up_and_one_step_down(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        lamps = api_client.get("/api/v1/categories/lamps/").json()

    assert lamps == {
        "name": "Lamps",
        "slug": "lamps",
        "product_count": 3,
        "description": "",
        "breadcrumbs": [
            {"name": "Lighting", "slug": "lighting"},
            {"name": "Lamps", "slug": "lamps"},
        ],
        "children": [{"name": "Clamp lamps", "slug": "clamp-lamps", "product_count": 2}],
    }


def test_an_unknown_category_is_not_there(api_client: APIClient) -> None:
    assert api_client.get("/api/v1/categories/no-such-thing/").status_code == 404


def test_brands_come_by_name_with_what_they_list(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lindholm = BrandFactory.create(name="Lindholm", slug="lindholm")
    VariantFactory.create(product__brand=lindholm)
    VariantFactory.create(product__brand=lindholm)
    VariantFactory.create(product__brand=lindholm, product__status=Product.Status.ARCHIVED)
    BrandFactory.create(name="Arc", slug="arc")

    with django_assert_num_queries(3):
        page = api_client.get("/api/v1/brands/").json()

    assert (page["count"], page["next"], page["previous"]) == (2, None, None)
    assert page["results"] == [
        {"name": "Arc", "slug": "arc", "product_count": 0},
        {"name": "Lindholm", "slug": "lindholm", "product_count": 2},
    ]
