from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Product, SearchEntry
from catalog.services.ratings import set_rating
from catalog.services.search.upkeep import count_words
from catalog.tests.factories import BrandFactory, CategoryFactory, VariantFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/products/suggest/"


def suggested(client: APIClient, typed: str, kind: str = "products") -> list[str]:
    response = client.get(URL, {"q": typed})
    assert response.status_code == 200, response.content
    return [each["name"] for each in response.json()[kind]]


def sell(name: str) -> Product:
    return VariantFactory.create(product__name=name).product


def test_what_begins_so_comes_before_what_has_such_a_word(api_client: APIClient) -> None:
    liked = sell("Desk lamp")
    sell("Lamp shade")
    sell("Lampion")
    sell("Clamp")
    set_rating(product=liked, average=Decimal("5"), count=99)

    assert suggested(api_client, "lamp") == ["Lampion", "Lamp shade", "Desk lamp"]
    assert suggested(api_client, "la") == ["Lampion", "Lamp shade"]
    assert suggested(api_client, "desk la") == ["Desk lamp"]


def test_of_those_that_begin_so_the_best_sold_come_first(api_client: APIClient) -> None:
    for name in ("Lamp A", "Lamp B", "Lamp C"):
        sell(name)
    SearchEntry.objects.filter(product__name="Lamp C").update(units_sold=9)

    assert suggested(api_client, "lamp") == ["Lamp C", "Lamp A", "Lamp B"]


def test_categories_and_brands_with_something_on_the_shelf(api_client: APIClient) -> None:
    lighting = CategoryFactory.create(name="Lighting")
    lamps = CategoryFactory.create(name="Table lamps", parent=lighting)
    CategoryFactory.create(name="Lamentations")
    BrandFactory.create(name="Lambert")
    brand = BrandFactory.create(name="Lampe Berger")
    VariantFactory.create(product__category=lamps, product__brand=brand, product__name="Arc")

    assert suggested(api_client, "la", "brands") == ["Lampe Berger"]
    assert suggested(api_client, "lam", "categories") == ["Table lamps"]
    assert suggested(api_client, "li", "categories") == ["Lighting"]
    assert suggested(api_client, "LIGHT", "categories") == ["Lighting"]
    assert suggested(api_client, "berg", "brands") == ["Lampe Berger"]


@pytest.mark.parametrize("typed", ["hedphones", "haedph", "headpones", "Héadphone"])
def test_slips_are_mended(api_client: APIClient, typed: str) -> None:
    sell("Headphones")
    sell("Heater")
    count_words()

    assert suggested(api_client, typed) == ["Headphones"]


def test_what_is_not_listed_is_not_suggested(api_client: APIClient) -> None:
    sell("Lamp")
    VariantFactory.create(product__name="Lamp draft", product__status=Product.Status.DRAFT)
    VariantFactory.create(product__name="Lamp without price", price=None)
    soon = timezone.now() + timedelta(days=1)
    VariantFactory.create(product__name="Lamp of tomorrow", product__publish_from=soon)

    assert suggested(api_client, "lamp") == ["Lamp"]


def test_a_suggestion_costs_two_queries_and_three_more_to_mend_a_slip(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        sell(f"Lamp {number}")
    count_words()

    with django_assert_num_queries(2):
        assert len(suggested(api_client, "lamp")) == 8
    with django_assert_num_queries(5):
        assert len(suggested(api_client, "lanp")) == 8


@pytest.mark.parametrize(
    "typed", ["", " ", "%", "_", "%_%_", "\\", "'", "':*", "& | !", "\u0301" * 100, "🚀", "\u202e"]
)
def test_signs_alone_suggest_nothing(api_client: APIClient, typed: str) -> None:
    sell("Lamp")

    assert suggested(api_client, typed) == []


@pytest.mark.parametrize("query", ["", "q=" + "x" * 101, "q=a&q=b", "q=%00", "q=a&limit=5"])
def test_what_cannot_be_asked_is_refused(api_client: APIClient, query: str) -> None:
    assert api_client.get(f"{URL}?{query}").status_code == 400
