"""What each further choice would leave, beside a count of the lists themselves."""

from decimal import Decimal
from operator import ge, le
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Attribute, Price, Product, ProductAttributeValue, ProductVariant
from catalog.services.ratings import set_rating
from catalog.tests.factories import (
    AttributeFactory,
    BrandFactory,
    CategoryFactory,
    CollectionFactory,
    ProductFactory,
    VariantFactory,
    say,
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
    _describe(list(Product.objects.order_by("pk")))
    CollectionFactory.create(slug="winter", products=Product.objects.order_by("name")[5:25])
    two = ProductVariant.objects.order_by("pk")[:9]
    for variant in two:
        if not variant.prices.filter(currency="EUR").exists():
            Price.objects.create(variant=variant, currency="EUR", amount=Decimal("15"))


def _describe(products: list[Product]) -> None:
    """Give most products a material or two, a weight, and a word on the dishwasher."""
    material = AttributeFactory.create(
        code="material", choices=["Oak", "Pine", "Elm"], is_filterable=True
    )
    weight = AttributeFactory.create(code="weight", type="number", unit="g", is_filterable=True)
    washable = AttributeFactory.create(code="washable", type="boolean", is_filterable=True)
    hidden = AttributeFactory.create(code="hidden", choices=["Oak"])
    for n, product in enumerate(products):
        said: dict[Attribute, Any] = {hidden: "oak"}
        if n % 6:
            said[material] = [["oak"], ["pine"], ["oak", "elm"]][n % 3]
        if n % 4:
            said[weight] = [0.5, 20, 400][n % 3] * n
        if n % 5:
            said[washable] = n % 2 == 0
        say({product: said})


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
        "attr.material": st.sampled_from(["oak", "pine", "oak,elm", "elm"]),
        "attr.weight.min": st.sampled_from(["0", "6.5", "400"]),
        "attr.weight.max": st.sampled_from(["12", "400", "9000"]),
        "attr.washable": st.sampled_from(["true", "false", "true,false"]),
    },
)


@pytest.mark.usefixtures("_shop")
@given(filters=FILTERS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
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
    _check_attributes(client, filters, {facet["code"]: facet for facet in told["attributes"]})
    # What is left out has nothing.
    for facet, name, values in (
        ("brands", "brand", ["brand-0", "brand-1", "brand-2"]),
        ("categories", "category", ["home", "lamps", "desk-lamps", "garden"]),
    ):
        for slug in set(values) - {entry["slug"] for entry in told[facet]}:
            assert listed(client, filters, **{name: slug}) == 0


def _check_attributes(
    client: APIClient, filters: dict[str, str], told: dict[str, dict[str, Any]]
) -> None:
    assert "hidden" not in told
    for code, values in (("material", ["oak", "pine", "elm"]), ("washable", ["true", "false"])):
        counts = {
            value["value"]: value["count"] for value in told.get(code, {"values": []})["values"]
        }
        for value in values:
            assert counts.get(value, 0) == listed(client, filters, **{f"attr.{code}": value})
    bounds = ("attr.weight.min", "attr.weight.max")
    bare = {name: value for name, value in filters.items() if name not in bounds}
    span = told.get("weight", {}).get("range")
    ends = weights(shown(client, bare))
    if not ends:
        assert span is None
    else:
        assert span == {"min": min(ends), "max": max(ends), "count": len(ends)}
        around = {"attr.weight.min": f"{span['min']}", "attr.weight.max": f"{span['max']}"}
        assert span["count"] == listed(client, bare, **around)


def weights(slugs: list[str]) -> list[float]:
    rows = ProductAttributeValue.objects.filter(product__slug__in=slugs, attribute__code="weight")
    return [float(row.number or 0) for row in rows]


def shown(client: APIClient, filters: dict[str, str]) -> list[str]:
    response = client.get(URL, {**filters, "page_size": "100", "fields": "slug"})
    assert response.status_code == 200, response.content
    return [card["slug"] for card in response.json()["results"]]


@pytest.mark.usefixtures("_shop")
@given(filters=FILTERS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_filters_by_attributes_keep_what_a_reader_of_all_values_would(
    filters: dict[str, str],
) -> None:
    client = APIClient()
    bare = {name: value for name, value in filters.items() if not name.startswith("attr.")}
    candidates = shown(client, bare)
    said: dict[str, dict[str, list[Any]]] = {slug: {} for slug in candidates}
    for row in ProductAttributeValue.objects.select_related("product", "attribute", "choice"):
        value = (
            row.choice.code if row.choice else row.number if row.number is not None else row.boolean
        )
        if row.product.slug in said:
            said[row.product.slug].setdefault(row.attribute.code, []).append(value)

    def meets(of_product: dict[str, list[Any]]) -> bool:
        words = {code: [str(value).lower() for value in of_product[code]] for code in of_product}
        weight = of_product.get("weight", [])
        return all(
            any(value in filters[f"attr.{code}"].split(",") for value in words.get(code, []))
            for code in ("material", "washable")
            if f"attr.{code}" in filters
        ) and all(
            any(is_right(value, Decimal(filters[bound])) for value in weight)
            for bound, is_right in (("attr.weight.min", ge), ("attr.weight.max", le))
            if bound in filters
        )

    assert shown(client, filters) == [slug for slug in candidates if meets(said[slug])]


def listed(client: APIClient, filters: dict[str, str], **other: str) -> int:
    response = client.get(URL, {**filters, **other, "page_size": "100", "fields": "slug"})
    assert response.status_code == 200, response.content
    return len(response.json()["results"])


@pytest.mark.usefixtures("_shop")
@pytest.mark.parametrize(
    ("filters", "queries"),
    [
        ({}, 4),
        ({"in_stock": "true", "min_price": "10"}, 4),
        ({"brand": "brand-1"}, 5),
        ({"attr.material": "oak"}, 5),
        ({"attr.material": "oak,elm", "attr.weight.min": "1", "attr.washable": "true"}, 5),
    ],
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


@pytest.mark.usefixtures("_shop")
def test_more_attributes_cost_no_more_queries(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    product = Product.objects.get(slug=shown(api_client, {})[0])
    more = {
        AttributeFactory.create(is_filterable=True, choices=[f"A{n}", "Many"]): "many"
        for n in range(20)
    }
    say({product: more})

    with django_assert_num_queries(4):
        told = api_client.get(FACETS).json()["attributes"]

    assert len(told) == 23


def test_an_empty_shop_has_nothing_to_choose(api_client: APIClient) -> None:
    assert api_client.get(FACETS).json() == {
        "count": 0,
        "currency": "USD",
        "categories": [],
        "brands": [],
        "prices": [],
        "attributes": [],
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
