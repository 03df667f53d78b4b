"""What each further choice would leave, beside a count of the lists themselves."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Price, Product, ProductVariant
from catalog.services.ratings import set_rating
from catalog.tests.factories import (
    BrandFactory,
    CategoryFactory,
    CollectionFactory,
    ProductFactory,
    VariantFactory,
)
from catalog.tests.test_list_products import URL

pytestmark = pytest.mark.django_db
FACETS = f"{URL}facets/"


@pytest.fixture
def _shop() -> None:
    """Thirty products that differ in everything there is a facet of, with and without dollars."""
    brands = [BrandFactory.create(slug=f"brand-{n}") for n in range(3)]
    root = CategoryFactory.create(slug="home")
    branch = CategoryFactory.create(slug="lamps", parent=root)
    leaf = CategoryFactory.create(slug="desk-lamps", parent=branch)
    categories = [root, branch, leaf, CategoryFactory.create(slug="garden"), None]
    for n in range(30):
        product = ProductFactory.create(
            name=f"{'Lamp' if n % 3 else 'Chair'} {n}",
            brand=None if n % 7 == 0 else brands[n % 3],
            category=categories[n % 5],
        )
        if n % 4:
            set_rating(product=product, average=Decimal(5 * n % 17) / 4 + 1, count=n)
        for k in range(1 + n % 3):
            VariantFactory.create(
                product=product,
                price=str((n * 7 + k * 40) % 130),
                currency="EUR" if (n + k) % 6 == 0 else "USD",
                on_hand=(n + k) % 3,
                is_active=(n + k) % 11 != 0,
            )
    CollectionFactory.create(slug="winter", products=Product.objects.order_by("name")[5:25])
    two = ProductVariant.objects.order_by("pk")[:9]
    for variant in two:
        if not variant.prices.filter(currency="EUR").exists():
            Price.objects.create(variant=variant, currency="EUR", amount=Decimal("15"))


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "brand": st.sampled_from(["brand-0", "brand-1", "brand-2"]),
        "category": st.sampled_from(["home", "lamps", "desk-lamps", "garden"]),
        "collection": st.just("winter"),
        "min_price": st.sampled_from(["0", "10", "19.99", "60"]),
        "max_price": st.sampled_from(["5", "20", "49.99", "100"]),
        "in_stock": st.sampled_from(["true", "false"]),
        "min_rating": st.sampled_from(["1", "2.5", "4"]),
        "currency": st.sampled_from(["USD", "EUR"]),
        "search": st.sampled_from(["lamp", "chair", "lamp 1", "brand-1", "nothing"]),
    },
)


@pytest.mark.usefixtures("_shop")
@given(filters=FILTERS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_count_is_the_length_of_the_list_behind_it(filters: dict[str, str]) -> None:
    client = APIClient()
    told = client.get(FACETS, filters).json()

    assert told["count"] == listed(client, filters)
    for entry in told["brands"]:
        assert entry["count"] == listed(client, filters, brand=entry["slug"])
    for entry in told["categories"]:
        assert entry["count"] == listed(client, filters, category=entry["slug"])
    for entry in told["ratings"]:
        assert entry["count"] == listed(client, filters, min_rating=str(entry["min_rating"]))
    for entry in told["availability"]:
        there = "true" if entry["in_stock"] else "false"
        assert entry["count"] == listed(client, filters, in_stock=there)
    for entry in told["prices"]:
        band = {name: entry[name] for name in ("min_price", "max_price") if entry[name]}
        bare = {name: filters[name] for name in filters if name not in ("min_price", "max_price")}
        assert entry["count"] == listed(client, bare, **band)
    # What is left out has nothing.
    for facet, name, values in (
        ("brands", "brand", ["brand-0", "brand-1", "brand-2"]),
        ("categories", "category", ["home", "lamps", "desk-lamps", "garden"]),
    ):
        for slug in set(values) - {entry["slug"] for entry in told[facet]}:
            assert listed(client, filters, **{name: slug}) == 0


def listed(client: APIClient, filters: dict[str, str], **other: str) -> int:
    response = client.get(URL, {**filters, **other, "page_size": "100", "fields": "slug"})
    assert response.status_code == 200, response.content
    return len(response.json()["results"])


@pytest.mark.usefixtures("_shop")
@pytest.mark.parametrize(
    ("filters", "queries"),
    [({}, 3), ({"in_stock": "true", "min_price": "10"}, 3), ({"brand": "brand-1"}, 4)],
)
def test_facets_cost_a_fixed_number_of_queries(
    api_client: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
    filters: dict[str, Any],
    queries: int,
) -> None:
    with django_assert_num_queries(queries):
        api_client.get(FACETS, filters)
    with django_assert_num_queries(queries + 2):
        api_client.get(FACETS, {**filters, "search": "lamp"})


def test_an_empty_shop_has_nothing_to_choose(api_client: APIClient) -> None:
    assert api_client.get(FACETS).json() == {
        "count": 0,
        "currency": "USD",
        "categories": [],
        "brands": [],
        "prices": [],
        "ratings": [{"min_rating": stars, "count": 0} for stars in (4, 3, 2, 1)],
        "availability": [{"in_stock": True, "count": 0}, {"in_stock": False, "count": 0}],
    }


def test_a_category_stands_below_its_parent(api_client: APIClient) -> None:
    home = CategoryFactory.create(name="Home", slug="home")
    lamps = CategoryFactory.create(name="Lamps", slug="lamps", parent=home)
    VariantFactory.create(product__category=lamps)

    assert api_client.get(FACETS).json()["categories"] == [
        {"name": "Home", "slug": "home", "parent": None, "count": 1},
        {"name": "Lamps", "slug": "lamps", "parent": "home", "count": 1},
    ]


@pytest.mark.parametrize(
    ("currency", "bands"),
    [
        ("USD", [("10.00", "19.99"), ("10000.00", None)]),
        ("JPY", [("0", "999"), ("1000", "1999"), ("10000", "19999")]),
        ("KWD", [("10.000", "19.999"), ("10000.000", None)]),
    ],
)
def test_bands_end_at_the_last_price_below_the_next(
    api_client: APIClient, currency: str, bands: list[tuple[str, str | None]]
) -> None:
    for price in ("10", "19", "10000", "1999"):
        if price != "1999" or currency == "JPY":
            VariantFactory.create(price=price, currency=currency)

    prices = api_client.get(FACETS, {"currency": currency}).json()["prices"]

    assert [(band["min_price"], band["max_price"]) for band in prices] == bands


@pytest.mark.parametrize("name", ["ordering", "page", "cursor", "fields"])
def test_what_makes_no_difference_is_refused(api_client: APIClient, name: str) -> None:
    assert api_client.get(FACETS, {name: "1"}).status_code == 400
