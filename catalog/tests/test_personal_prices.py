"""What members of a customer group see of the catalogue, and that nobody keeps it."""

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog import caching
from catalog.models import ProductVariant
from catalog.tests.conftest import client_of
from catalog.tests.factories import CategoryFactory, ListPriceFactory, VariantFactory
from users.models import User
from users.tests.factories import CustomerGroupFactory, UserFactory

pytestmark = pytest.mark.django_db

PRICED = [
    "/api/v1/products/",
    "/api/v1/products/mug/",
    "/api/v1/products/cup/related/",
    "/api/v1/products/facets/",
]


@pytest.fixture
def member() -> User:
    return UserFactory.create(email="trade@shop.example")


@pytest.fixture(autouse=True)
def mug(member: User) -> ProductVariant:
    shelf = CategoryFactory.create()
    mug = VariantFactory.create(product__slug="mug", product__category=shelf, price="10")
    VariantFactory.create(product__slug="cup", product__category=shelf, price="30")
    trade = CustomerGroupFactory.create(members=[member])
    ListPriceFactory.create(variant=mug, amount="7.77", price_list__customer_group=trade)
    return mug


@pytest.mark.parametrize("url", PRICED)
def test_a_members_answer_is_kept_nowhere(member: User, url: str) -> None:
    response = client_of(member).get(url)

    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["Vary"] == "Accept, Authorization"
    assert ("7.77" in response.text) == (url != PRICED[3])


@pytest.mark.parametrize("url", PRICED)
def test_everybody_else_is_shown_one_answer_that_may_be_kept(
    api_client: APIClient, url: str
) -> None:
    of_a_guest = api_client.get(url)
    of_a_customer = client_of(UserFactory.create()).get(url)

    assert of_a_guest.content == of_a_customer.content
    assert "7.77" not in of_a_guest.text
    for response in (of_a_guest, of_a_customer):
        assert response["Cache-Control"] == "public, max-age=60"
        assert response["Vary"] == "Accept, Authorization"


def test_without_the_guard_a_members_price_would_be_public(
    monkeypatch: pytest.MonkeyPatch, member: User
) -> None:
    monkeypatch.setattr(caching.PricedForCaller, "is_for_everybody", lambda _: True)

    response = client_of(member).get(PRICED[0])

    assert "7.77" in response.text
    assert response["Cache-Control"] == "public, max-age=60"


def test_a_bad_token_shows_everybodys_prices(api_client: APIClient) -> None:
    response = api_client.get(PRICED[1], headers={"Authorization": "Bearer expired"})

    assert response.json()["variants"][0]["price"] == "10.00"
    assert response["Cache-Control"] == "public, max-age=60"


def test_filters_and_bands_go_by_what_the_caller_pays(api_client: APIClient, member: User) -> None:
    trader = client_of(member)

    for client, cheap in ((api_client, []), (trader, ["mug"])):
        found = client.get(PRICED[0], {"max_price": "8"}).json()["results"]
        bands = client.get(PRICED[3]).json()["prices"]
        assert [card["slug"] for card in found] == cheap
        assert [band["max_price"] for band in bands if Decimal(band["min_price"]) < 10] == (
            ["9.99"] if cheap else []
        )


def test_a_member_costs_two_queries_more_than_a_guest(
    api_client: APIClient, member: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    trader = client_of(member)

    with django_assert_num_queries(3):
        api_client.get(PRICED[0])
    with django_assert_num_queries(5):  # the session with its user, and whether they are in a group
        trader.get(PRICED[0])


def test_price_bounds_cost_a_query_more(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        api_client.get(PRICED[0], {"max_price": "20"})
