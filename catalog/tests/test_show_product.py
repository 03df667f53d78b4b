from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from catalog.models import Price, Product, ProductImage
from catalog.models.products import MEASURES
from catalog.services import stock
from catalog.tests.factories import (
    BrandFactory,
    CategoryFactory,
    ProductFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


def test_the_page_of_a_product_says_everything(
    api_client: APIClient, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.BASE_URL = "https://shop.example"
    lighting = CategoryFactory.create(name="Lighting", slug="lighting")
    product = ProductFactory.create(
        name="Arc desk lamp",
        slug="arc-desk-lamp",
        description="Bends.",
        brand=BrandFactory.create(name="Lindholm", slug="lindholm"),
        category=CategoryFactory.create(name="Lamps", slug="lamps", parent=lighting),
        options=["Colour"],
        attributes={"Height": "45 cm"},
    )
    black = VariantFactory.create(
        product=product, sku="ARC-BLK", barcode="40063", options={"Colour": "Black"}, price="79"
    )
    Price.objects.filter(variant=black).update(compare_at=Decimal("99"))
    stock.allocate({black.pk: 3}, reference="8K2M")
    VariantFactory.create(
        product=product, sku="ARC-BRS", options={"Colour": "Brass"}, price="89", on_hand=0
    )
    VariantFactory.create(product=product, sku="OLD", is_active=False)
    ProductImage.objects.bulk_create(
        [ProductImage(product=product, file="products/a.webp", width=4, height=3, alt="On")]
    )

    with django_assert_num_queries(7):
        response = api_client.get("/api/v1/products/arc-desk-lamp/")

    assert response.json() == {
        "slug": "arc-desk-lamp",
        "name": "Arc desk lamp",
        "description": "Bends.",
        "brand": {"name": "Lindholm", "slug": "lindholm"},
        "category": {"name": "Lamps", "slug": "lamps"},
        "breadcrumbs": [
            {"name": "Lighting", "slug": "lighting"},
            {"name": "Lamps", "slug": "lamps"},
        ],
        "options": ["Colour"],
        "attribute_values": [],
        "attributes": {"Height": "45 cm"},
        "currency": "USD",
        "variants": [
            {
                "sku": "ARC-BLK",
                "barcode": "40063",
                "options": {"Colour": "Black"},
                **dict.fromkeys(MEASURES),
                "price": "79.00",
                "compare_at": "99.00",
                "lowest_price_30d": None,
                "tiers": [],
                "currency": "USD",
                "availability": "in_stock",
                "available": 7,
                "expected_on": None,
            },
            {
                "sku": "ARC-BRS",
                "barcode": "",
                "options": {"Colour": "Brass"},
                **dict.fromkeys(MEASURES),
                "price": "89.00",
                "compare_at": None,
                "lowest_price_30d": None,
                "tiers": [],
                "currency": "USD",
                "availability": "out_of_stock",
                "available": 0,
                "expected_on": None,
            },
        ],
        "images": [
            {
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
            }
        ],
        "rating": None,
        "review_count": 0,
    }


def test_a_variant_without_a_price_in_the_currency_cannot_be_bought(
    api_client: APIClient,
) -> None:
    both = VariantFactory.create(price="10.00")
    Price.objects.create(variant=both, currency="JPY", amount=Decimal("1500"))
    VariantFactory.create(product=both.product, price="11.00")

    page = api_client.get(f"/api/v1/products/{both.product.slug}/", {"currency": "JPY"}).json()

    shown = [(row["price"], row["availability"], row["available"]) for row in page["variants"]]
    assert page["currency"] == "JPY"
    assert shown == [("1500", "in_stock", 10), (None, "out_of_stock", 0)]


def test_a_product_sold_abroad_only_is_shown_in_its_own_currency(api_client: APIClient) -> None:
    variant = VariantFactory.create(price="9.00", currency="GBP")

    page = api_client.get(f"/api/v1/products/{variant.product.slug}/").json()

    assert (page["currency"], page["variants"][0]["price"]) == ("GBP", "9.00")


def test_an_unknown_currency_is_refused(api_client: APIClient) -> None:
    variant = VariantFactory.create()

    response = api_client.get(f"/api/v1/products/{variant.product.slug}/", {"currency": "ZZZ"})

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "currency"


def test_what_is_not_listed_is_not_there(api_client: APIClient) -> None:
    draft = VariantFactory.create(product__status=Product.Status.DRAFT).product
    unpriced = VariantFactory.create(price=None).product

    for slug in (draft.slug, unpriced.slug, "no-such-thing", "nul%00"):
        assert api_client.get(f"/api/v1/products/{slug}/").status_code == 404
