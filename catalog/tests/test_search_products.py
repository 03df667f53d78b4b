from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Brand, Product
from catalog.services.products import add_variant, create_product
from catalog.services.ratings import set_rating
from catalog.tests.factories import BrandFactory
from catalog.tests.test_list_products import URL, names

pytestmark = pytest.mark.django_db


def sell(name: str, *, sku: str = "", brand: Brand | None = None, **fields: Any) -> Product:
    product = create_product(name=name, status=Product.Status.PUBLISHED, brand=brand)
    sku = sku or f"sku-{product.pk}"
    add_variant(product=product, sku=sku, prices={"USD": Decimal("10")}, **fields)
    return product


@pytest.mark.parametrize(
    "name",
    [
        "Arc desk lamp",
        "Crème brûlée Torch™ — 2-in-1",
        "100% cotton_shirt \\ 50/50 'quoted' \"double\"",
        "!!!",
        "%",
        "_",
        "\\",
        "X",
        "茶",
        "抹茶ミルク　チョコレート",
        "ﾊﾝｶｸ ｶﾅ ガ",
        "زيت الزيتون",
        "हिन्दी कुंजी",
        "한국어 이름",
        "Ёлка новогодняя",
        "İstanbul ÇAY Straße ﬁne",
        "zero\u200bwidth and soft\u00adhyphen\ufeff",
        "👩‍🚀 Astronaut 🧑🏽",
        "line\nbreak\tand  spaces",
        "=SUM(A1)",
        "a" * 255,
        "ﷺ" * 255,
        " ".join(["ab"] * 85),
        "?" * 255,
    ],
)
def test_a_product_is_found_by_its_own_name(api_client: APIClient, name: str) -> None:
    sell(name)
    sell("Something else altogether")

    assert names(api_client, search=name)[0] == name


def test_case_accents_and_width_do_not_matter(api_client: APIClient) -> None:
    sell("Crème Brûlée")

    for query in ("creme brulee", "CRÈME BRÛLÉE", "cre\u0300me", "ＣＲＥＭＥ", "brûlée crème"):
        assert names(api_client, search=query) == ["Crème Brûlée"]


def test_brand_sku_and_barcode_are_searched_too(api_client: APIClient) -> None:
    sell("Lamp", sku="ARC-77", brand=BrandFactory.create(name="Lindholm"), barcode="4006381333931")
    sell("Chair")

    for query in ("lindholm", "arc-77", "4006381333931", "lamp lindholm 4006"):
        assert names(api_client, search=query) == ["Lamp"]


def test_every_word_must_occur(api_client: APIClient) -> None:
    sell("Desk lamp")

    assert names(api_client, search="lamp desk") == ["Desk lamp"]
    assert names(api_client, search="lamp floor") == []


def test_signs_of_pattern_languages_mean_themselves(api_client: APIClient) -> None:
    sell("Plain")

    for query in ("%", "_", "\\", "P_ain", ".*", "'; --"):
        assert names(api_client, search=query) == []


@pytest.mark.parametrize("query", ["\u0301", " ", "\ud7ff lamp", "\ufffd"])
def test_whatever_is_typed_does_no_harm(api_client: APIClient, query: str) -> None:
    sell("Lamp")

    assert names(api_client, search=query) in ([], ["Lamp"])


@pytest.mark.parametrize("query", ["\x00", "Lamp\x00", "\x1b[31m"])
def test_what_nobody_types_is_refused(api_client: APIClient, query: str) -> None:
    response = api_client.get(URL, {"search": query})

    assert response.status_code == 400
    assert response.data["errors"][0]["pointer"] == "search"


def test_the_very_name_comes_first_then_names_that_begin_so(api_client: APIClient) -> None:
    sell("Desk lamp")
    sell("Lamp")
    sell("Lamp shade for a very large hall")
    liked = sell("Wall lamp")
    sell("Hall lamp")
    set_rating(product=liked, average=Decimal("5"), count=1)

    assert names(api_client, search="lamp") == [
        "Lamp",
        "Lamp shade for a very large hall",
        "Wall lamp",
        "Desk lamp",
        "Hall lamp",
    ]


def test_a_search_costs_no_query_more(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(4):
        sell(f"Lamp {number}")

    with django_assert_num_queries(3):
        assert len(names(api_client, search="lamp")) == 4
