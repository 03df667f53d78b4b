from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Product
from catalog.services.ratings import set_rating
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/products/mug/related/"


@pytest.fixture
def shop() -> None:
    """Stand a mug among cups, bowls beside them, and a spade in the garden."""
    kitchen = CategoryFactory.create(name="Kitchen")
    mugs = CategoryFactory.create(name="Mugs", parent=kitchen)
    cups = CategoryFactory.create(name="Cups", parent=mugs)
    bowls = CategoryFactory.create(name="Bowls", parent=kitchen)
    garden = CategoryFactory.create(name="Garden")
    places = (("mug", mugs), ("jug", mugs), ("cup", cups), ("bowl", bowls), ("spade", garden))
    for slug, category in places:
        VariantFactory.create(product__slug=slug, product__category=category)
    set_rating(product=Product.objects.get(slug="jug"), average=Decimal("4.5"), count=2)
    ProductFactory.create(slug="unpriced", category=mugs)
    VariantFactory.create(product__slug="draft", product__category=mugs, product__status="draft")


def slugs(client: APIClient, url: str = URL, **query: str) -> list[str]:
    return [card["slug"] for card in client.get(url, query).json()]


def test_the_same_category_comes_first_then_those_around_it(
    api_client: APIClient, shop: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5):  # product, who goes with it, related, offers, images
        found = slugs(api_client)

    assert found == ["jug", "cup", "bowl"]


def test_only_what_can_be_had_in_the_currency_is_shown(api_client: APIClient, shop: None) -> None:
    assert slugs(api_client, currency="EUR") == []
    assert api_client.get(URL, {"currency": "euros"}).status_code == 400


def test_there_are_twelve_at_most(api_client: APIClient, shop: None) -> None:
    mugs = Product.objects.get(slug="mug").category
    for _ in range(15):
        VariantFactory.create(product__category=mugs)

    assert len(slugs(api_client)) == 12


def test_what_stands_nowhere_is_related_to_nothing(api_client: APIClient, shop: None) -> None:
    VariantFactory.create(product__slug="odd")

    assert slugs(api_client, "/api/v1/products/odd/related/") == []
    assert api_client.get("/api/v1/products/draft/related/").status_code == 404


def test_it_may_be_kept(api_client: APIClient, shop: None) -> None:
    first = api_client.get(URL)

    again = api_client.get(URL, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
