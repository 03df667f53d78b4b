"""Programs that read the whole catalogue walk from place to place."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Brand, Product, SearchEntry
from catalog.services.ratings import set_rating
from catalog.services.storefront import pages
from catalog.services.storefront.listing import ORDERINGS
from catalog.tests.factories import CollectionFactory, VariantFactory
from catalog.tests.test_list_products import URL, names

pytestmark = pytest.mark.django_db


def shelf() -> None:
    """Products with equal prices, ratings and names among them, and some without a dollar price."""
    for number in range(11):
        variant = VariantFactory.create(
            product__name=f"Lamp {number // 3}",
            price=str(10 * (number % 3)),
            currency="EUR" if number % 4 == 0 else "USD",
        )
        SearchEntry.objects.filter(pk=variant.product_id).update(units_sold=number % 2)
        if number % 3:
            average = Decimal(number % 3)
            set_rating(product=variant.product, average=average, count=number)


def walk(client: APIClient, **query: str) -> list[dict[str, Any]]:
    """Return the pages of a walk; another lamp comes in after each of them."""
    shown = [client.get(URL, {"cursor": "", "page_size": "3", **query}).json()]
    while shown[-1]["next"]:
        VariantFactory.create(product__name="Lamp 1b", price="10.00")
        shown.append(client.get(shown[-1]["next"]).json())
    return shown


@pytest.mark.parametrize("ordering", ["", *sorted(set(ORDERINGS) - {"relevance"})])
def test_a_walk_meets_each_product_once_while_others_come_in(
    api_client: APIClient, ordering: str
) -> None:
    shelf()
    query: dict[str, str] = {"ordering": ordering} if ordering else {}
    if ordering == "collection":
        CollectionFactory.create(slug="winter", products=Product.objects.order_by("name", "-pk"))
        query["collection"] = "winter"
    response = api_client.get(URL, {"page_size": "100", **query})
    at_first = [card["slug"] for card in response.json()["results"]]

    seen = [card["slug"] for page in walk(api_client, **query) for card in page["results"]]

    assert len(seen) == len(set(seen))
    assert [slug for slug in seen if slug in at_first] == at_first


def test_pages_by_number_would_show_some_twice(api_client: APIClient) -> None:
    shelf()
    first = api_client.get(URL, {"page_size": 3}).json()
    VariantFactory.create()
    second = api_client.get(first["next"]).json()

    assert first["results"][-1] == second["results"][0]


def test_a_walk_is_counted_when_it_begins(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shelf()
    with django_assert_num_queries(4):
        first = api_client.get(URL, {"cursor": "", "page_size": "3"}).json()
    VariantFactory.create()

    with django_assert_num_queries(3):
        second = api_client.get(first["next"]).json()

    assert (first["count"], second["count"]) == (11, 11)
    assert (first["previous"], second["previous"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"cursor": "", "page": "1"}, "cursor"),
        ({"cursor": "", "search": "lamp", "ordering": "relevance"}, "ordering"),
    ],
)
def test_a_walk_has_neither_numbers_nor_relevance(
    api_client: APIClient, query: dict[str, str], pointer: str
) -> None:
    response = api_client.get(URL, query)

    assert response.status_code == 400
    assert [fault["pointer"] for fault in response.json()["errors"]] == [pointer]


def test_a_cursor_of_another_order_is_refused(api_client: APIClient) -> None:
    shelf()
    found = api_client.get(URL, {"cursor": "", "page_size": "1", "ordering": "price"}).json()

    response = api_client.get(found["next"].replace("ordering=price", "ordering=name"))

    assert response.status_code == 400


def test_price_walks_into_what_has_none_in_the_stores_currency(api_client: APIClient) -> None:
    VariantFactory.create(product__name="Abroad", price="1.00", currency="EUR")
    VariantFactory.create(product__name="Dear", price="9.00")
    VariantFactory.create(product__name="Cheap", price="2.00")

    for page, name in enumerate(["Cheap", "Dear", "Abroad"], start=1):
        assert names(api_client, ordering="price", page=page, page_size=1) == [name]


def test_beyond_a_limit_the_database_guesses(
    api_client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "EXACTLY_COUNTED", 5)
    shelf()

    many = api_client.get(URL, {"page_size": 2}).json()
    few = api_client.get(URL, {"page_size": "2", "currency": "EUR"}).json()
    last = api_client.get(URL, {"page_size": 20}).json()

    assert many["count"] > 5
    assert (many["count_is_estimate"], few["count_is_estimate"]) == (True, False)
    assert few["count"] == 3
    assert (last["count"], last["count_is_estimate"]) == (11, False)


@pytest.mark.parametrize(
    ("fields", "queries"), [("slug,name", 1), ("name,image", 2), ("slug,price_min", 2)]
)
def test_what_was_not_asked_for_is_not_looked_up(
    api_client: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
    fields: str,
    queries: int,
) -> None:
    VariantFactory.create(product__brand=Brand.objects.create(name="Arc", slug="arc"))

    with django_assert_num_queries(queries):
        (card,) = api_client.get(URL, {"fields": fields}).json()["results"]

    assert ",".join(card) == fields
