import csv
import json
from decimal import Decimal
from io import BufferedReader, BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from catalog.models import Category, Price, Product, ProductAttributeValue, ProductVariant
from catalog.models.products import DIMENSIONS
from catalog.services.exports import export
from catalog.services.imports import Format, import_catalog, source_of
from catalog.services.imports.formulas import defused, restored
from catalog.services.products import refresh_search_text
from catalog.tests.factories import (
    AttributeFactory,
    BrandFactory,
    CategoryFactory,
    ProductFactory,
    VariantFactory,
    say,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/staff/catalog/export/"
BOM = "\ufeff"  # which is not for attributes
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "'=1",
    '"=1"',
    "''=1",
    "＝1",
    "＠x",
    "\u00a0=1",
    "\ufeff=1",
    "|calc",
    "%0A",
]


def exported(client: APIClient, **query: str) -> bytes:
    response: Any = client.get(URL, query)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def counts(content: bytes, kind: str) -> tuple[int, ...]:

    source = source_of(BufferedReader(BytesIO(content)), name=f"a.{kind}")
    ended = import_catalog(source=source)
    return (ended.created, ended.updated, ended.unchanged, ended.refused)


def everything() -> list[list[Any]]:
    models = (Product, ProductVariant, ProductAttributeValue)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def shop() -> None:
    home = CategoryFactory.create(name="Home > Garden", slug="home")
    lamps = CategoryFactory.create(name="=Lamps", slug="lamps", parent=home)
    plain = CategoryFactory.create(name="Office", slug="office")
    for number, formula in enumerate(FORMULAS):
        text = f"{formula.strip()} {number}"
        VariantFactory.create(
            sku=f"={number}",
            options={},
            barcode=f"+{number}",
            weight_grams=number or None,
            **dict.fromkeys(DIMENSIONS, number * 10 or None),
            product__name=text,
            product__description=f'{text}\nsecond, "line"',
            product__brand=BrandFactory.create(name=text),
            product__category=[home, lamps, plain, None][number % 4],
            product__attributes={"Weight": 1.5, "=f()": [text], "n": {"deep": None}},
            product__source_image_url="https://x.example/a,b",
        )
    many = ProductFactory.create(name="Mug", options=["Colour"])
    for colour in ("Oat", "Sky"):
        VariantFactory.create(product=many, sku=f"MUG-{colour}", options={"Colour": colour})
    VariantFactory.create(sku="FREE", price=None)
    yen = VariantFactory.create(sku="YEN", currency="JPY", price="1200", options={})
    Price.objects.create(variant=yen, currency="EUR", amount=Decimal("8.5"))
    for product in Product.objects.select_related("brand"):
        refresh_search_text(product)
    _describe(list(Product.objects.filter(variants__sku__startswith="=").order_by("pk")))


def _describe(products: list[Product]) -> None:
    """Say something of each kind, in some a fact older than the attribute of its name."""
    formula = AttributeFactory.create(code="formula", name="=f()", type="text")
    material = AttributeFactory.create(code="material", name="Material", choices=["Oak", "=Elm"])
    weight = AttributeFactory.create(code="g", name="Grams", type="number", unit="g")
    washable = AttributeFactory.create(code="washable", type="boolean", categories=[lamps()])
    for number, product in enumerate(products):
        say(
            {
                product: {
                    formula: f"{FORMULAS[number].strip().strip(BOM)}x",
                    material: ["oak", "elm"] if number % 2 else "elm",
                    weight: number / 8 - 1,
                    washable: number % 3 == 0,
                }
            }
        )
    Product.objects.filter(pk=products[0].pk).update(
        attributes={"MATERIAL": "a fact", "Grams": "heavy", "x": 1}
    )


def lamps() -> Any:
    """Return where some products stand; the others have kept what was said of them there."""
    return Category.objects.get(slug="lamps")


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_export_comes_back_without_changing_anything(
    manager_client: APIClient, shop: None, kind: str
) -> None:
    before = everything()

    content = exported(manager_client, **{"as": kind})

    assert counts(content, kind) == (0, 0, len(FORMULAS) + 3, 0)
    assert everything() == before
    assert exported(manager_client, **{"as": kind}) == content


def test_no_cell_of_the_sheet_is_a_formula(manager_client: APIClient, shop: None) -> None:
    rows = list(csv.reader(StringIO(exported(manager_client).decode(), newline="")))

    cells = [cell for row in rows for cell in row]
    dangerous = [
        cell for cell in cells if cell.lstrip(" '\"\u00a0\ufeff")[:1] in tuple("=+-@|%＝＠")
    ]
    assert len(dangerous) > 20
    assert all(cell.startswith("'") for cell in dangerous if cell)


def test_one_currency_is_exported_alone(manager_client: APIClient, shop: None) -> None:
    lines = exported(manager_client, currency="EUR", **{"as": "jsonl"}).decode().splitlines()

    assert [(row["sku"], row["price"]) for row in map(json.loads, lines)] == [("YEN", "8.50")]


@pytest.mark.parametrize("query", [{"as": "xml"}, {"currency": "dollars"}, {"sku": "A"}])
def test_an_unknown_wish_is_refused(manager_client: APIClient, query: dict[str, str]) -> None:
    response = manager_client.get(URL, query)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == next(iter(query))


def test_a_thousand_rows_take_four_queries() -> None:
    VariantFactory.create()
    with CaptureQueriesContext(
        connection,
    ) as one:
        list(export(format_=Format.CSV))
    for _ in range(5):
        VariantFactory.create()
    with CaptureQueriesContext(connection) as six:
        list(export(format_=Format.CSV))

    # Categories, variants, prices, values, and that there are no more.
    assert len(one) == len(six) == 5


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="=+-@|% '\"\t\rx＝\ufeff\u00a0", max_size=6))
def test_what_was_defused_is_restored_and_all_else_stays(text: str) -> None:
    assert restored(defused(text)) == text
    assert defused(text).lstrip(' \u00a0\ufeff"')[:1] not in ("=", "+", "-", "@", "＝", "\t", "\r")


def test_who_may_not_see_prices_gets_no_export(clerk_client: APIClient) -> None:
    assert clerk_client.get(URL).status_code == 403


def test_the_file_is_named_and_typed(manager_client: APIClient) -> None:
    for kind, media in (("csv", "text/csv"), ("jsonl", "application/jsonl")):
        response: Any = manager_client.get(URL, {"as": kind})

        assert response["Content-Type"] == f"{media}; charset=utf-8"
        assert response["Content-Disposition"] == f'attachment; filename="catalogue.{kind}"'
        assert response["Cache-Control"] == "private, no-store"
