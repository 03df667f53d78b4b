from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from catalog.models import Price, Product, ProductImage
from catalog.services import stock
from catalog.services.ratings import set_rating
from catalog.tests.factories import (
    BrandFactory,
    CategoryFactory,
    ProductFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/products/"


def names(client: APIClient, **query: Any) -> list[str]:
    response = client.get(URL, query)
    assert response.status_code == 200, response.content
    return [card["name"] for card in response.json()["results"]]


def test_a_card_says_what_a_shelf_says(api_client: APIClient, settings: Settings) -> None:
    settings.BASE_URL = "https://shop.example"
    product = ProductFactory.create(
        name="Arc desk lamp",
        slug="arc-desk-lamp",
        brand=BrandFactory.create(name="Lindholm", slug="lindholm"),
        category=CategoryFactory.create(name="Lamps", slug="lamps"),
    )
    black = VariantFactory.create(product=product, price="79.00")
    Price.objects.filter(variant=black).update(compare_at=Decimal("99.00"))
    VariantFactory.create(product=product, price="89.00")
    ProductImage.objects.bulk_create(
        [
            ProductImage(product=product, file="products/b.webp", width=2, height=1, position=1),
            ProductImage(product=product, file="products/a.webp", width=4, height=3, alt="On"),
        ]
    )
    set_rating(product=product, average=Decimal("4.5"), count=12)

    (card,) = api_client.get(URL).json()["results"]

    assert card == {
        "slug": "arc-desk-lamp",
        "name": "Arc desk lamp",
        "brand": {"name": "Lindholm", "slug": "lindholm"},
        "category": {"name": "Lamps", "slug": "lamps"},
        "price_min": "79.00",
        "price_max": "89.00",
        "compare_at": "99.00",
        "lowest_price_30d": None,
        "currency": "USD",
        "image": {
            "url": "https://shop.example/media/products/a.webp",
            "alt": "On",
            "width": 4,
            "height": 3,
            "renditions": [
                {
                    "url": "https://shop.example/media/products/a.webp",
                    "width": 4,
                    "height": 3,
                }
            ],
        },
        "rating": "4.50",
        "review_count": 12,
        "availability": "in_stock",
        "highlight": None,
    }


def test_a_bare_product_has_a_card_too(api_client: APIClient) -> None:
    VariantFactory.create(price="5.00", on_hand=0)

    (card,) = api_client.get(URL).json()["results"]

    assert (card["brand"], card["category"], card["image"]) == (None, None, None)
    assert (card["compare_at"], card["rating"], card["review_count"]) == (None, None, 0)
    assert card["availability"] == "out_of_stock"


def test_the_newest_come_first_in_pages(api_client: APIClient) -> None:
    for number in range(3):
        VariantFactory.create(product__name=f"Lamp {number}")

    first = api_client.get(URL, {"page_size": 2}).json()
    second = api_client.get(first["next"]).json()

    assert first["count"] == 3
    assert [card["name"] for card in first["results"]] == ["Lamp 2", "Lamp 1"]
    assert [card["name"] for card in second["results"]] == ["Lamp 0"]
    assert second["next"] is None


@pytest.mark.parametrize("products", [1, 5])
def test_a_page_that_is_the_last_costs_three_queries_however_long(
    api_client: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
    products: int,
) -> None:
    for number in range(products):
        variant = VariantFactory.create(product__brand=BrandFactory.create())
        VariantFactory.create(product=variant.product)
        ProductImage.objects.bulk_create(
            [ProductImage(product=variant.product, file=f"{number}.webp", width=1, height=1)]
        )

    with django_assert_num_queries(3):
        response = api_client.get(URL)

    assert response.json()["count"] == products


@pytest.mark.parametrize("page_size", [1, 4])
def test_a_page_with_another_behind_it_is_counted_by_a_fourth_query(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries, page_size: int
) -> None:
    for _ in range(5):
        VariantFactory.create()

    with django_assert_num_queries(4):
        response = api_client.get(URL, {"page_size": page_size})

    assert response.json()["count"] == 5


def test_only_what_can_be_bought_is_listed(api_client: APIClient) -> None:
    VariantFactory.create(product__name="For sale")
    VariantFactory.create(product__name="Draft", product__status=Product.Status.DRAFT)
    VariantFactory.create(product__name="Archived", product__status=Product.Status.ARCHIVED)
    VariantFactory.create(product__name="Inactive", is_active=False)
    VariantFactory.create(product__name="Without a price", price=None)
    ProductFactory.create(name="Without a variant")

    assert names(api_client) == ["For sale"]


def test_an_inactive_variant_counts_for_nothing(api_client: APIClient) -> None:
    variant = VariantFactory.create(price="50.00", on_hand=0)
    VariantFactory.create(product=variant.product, price="1.00", on_hand=9, is_active=False)

    (card,) = api_client.get(URL).json()["results"]

    assert (card["price_min"], card["price_max"]) == ("50.00", "50.00")
    assert card["availability"] == "out_of_stock"


def test_units_promised_to_orders_are_not_available(api_client: APIClient) -> None:
    variant = VariantFactory.create(on_hand=2)
    stock.allocate({variant.pk: 2}, reference="8K2M")

    (card,) = api_client.get(URL).json()["results"]

    assert card["availability"] == "out_of_stock"


def test_each_product_is_shown_in_the_stores_currency_or_its_own(api_client: APIClient) -> None:
    both = VariantFactory.create(product__name="Both", price="10.00", currency="USD")
    Price.objects.create(variant=both, currency="EUR", amount=Decimal("9"))
    foreign = VariantFactory.create(product__name="Foreign", price="1200", currency="JPY")
    Price.objects.create(variant=foreign, currency="GBP", amount=Decimal("8.5"))

    cards = api_client.get(URL, {"ordering": "name"}).json()["results"]

    assert [(card["price_min"], card["currency"]) for card in cards] == [
        ("10.00", "USD"),
        ("8.50", "GBP"),
    ]


def test_a_chosen_currency_lists_what_has_a_price_in_it(api_client: APIClient) -> None:
    VariantFactory.create(product__name="Dollars only", currency="USD")
    VariantFactory.create(product__name="Yen", price="1200", currency="JPY")

    (card,) = api_client.get(URL, {"currency": "JPY"}).json()["results"]

    assert (card["name"], card["price_min"], card["currency"]) == ("Yen", "1200", "JPY")


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("price", ["Cheap", "Middle", "Dear", "Abroad"]),
        ("-price", ["Dear", "Middle", "Cheap", "Abroad"]),
        ("-created_at", ["Abroad", "Middle", "Dear", "Cheap"]),
        ("name", ["Abroad", "Cheap", "Dear", "Middle"]),
        ("-rating", ["Middle", "Cheap", "Abroad", "Dear"]),
        ("relevance", ["Abroad", "Middle", "Dear", "Cheap"]),
    ],
)
def test_shoppers_choose_the_order(
    api_client: APIClient, ordering: str, expected: list[str]
) -> None:
    cheap = VariantFactory.create(product__name="Cheap", price="1.00").product
    VariantFactory.create(product__name="Dear", price="100.00")
    middle = VariantFactory.create(product__name="Middle", price="20.00").product
    VariantFactory.create(product__name="Abroad", price="5.00", currency="EUR")
    set_rating(product=cheap, average=Decimal("3"), count=1)
    set_rating(product=middle, average=Decimal("4"), count=1)

    assert names(api_client, ordering=ordering) == expected
