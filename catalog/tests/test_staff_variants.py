from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Price, Product, ProductVariant
from catalog.tests.factories import ProductFactory, VariantFactory
from ecommerce_backend.common.models import AuditRecord, Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    return ProductFactory.create(name="Mug", slug="mug", options=["Colour"])


def url(product: Product, variant: ProductVariant | None = None) -> str:
    tail = f"{variant.pk}/" if variant else ""
    return f"/api/v1/staff/products/{product.pk}/variants/{tail}"


def test_a_variant_with_its_prices_is_for_sale_at_once(
    manager_client: APIClient, mug: Product
) -> None:
    body = {
        "sku": "MUG-OAT",
        "options": {"Colour": "Oat"},
        "weight_grams": 410,
        "length_mm": 125,
        "width_mm": 95,
        "height_mm": 110,
        "prices": [{"currency": "USD", "amount": "23.5", "compare_at": "26"}],
    }

    response = manager_client.post(url(mug), body)

    assert response.status_code == 201
    variant = ProductVariant.objects.get()
    assert response.json() == {
        "id": variant.pk,
        "sku": "MUG-OAT",
        "barcode": "",
        "options": {"Colour": "Oat"},
        "position": 0,
        "is_active": True,
        "weight_grams": 410,
        "length_mm": 125,
        "width_mm": 95,
        "height_mm": 110,
        "prices": [{"currency": "USD", "amount": "23.50", "compare_at": "26.00"}],
    }
    (shown,) = manager_client.get("/api/v1/products/mug/").json()["variants"]
    assert (shown["weight_grams"], shown["length_mm"], shown["height_mm"]) == (410, 125, 110)
    assert (shown["sku"], shown["price"]) == ("MUG-OAT", "23.50")
    assert manager_client.get(url(mug, variant))["ETag"] == response["ETag"]


def test_the_list_is_made_in_so_many_queries(
    manager_client: APIClient, mug: Product, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for colour in ("Oat", "Sky", "Fog"):
        VariantFactory.create(product=mug, sku=colour, options={"Colour": colour})
    VariantFactory.create()

    with django_assert_num_queries(7):  # session, two of permissions, product, count, page, prices
        page = manager_client.get(url(mug)).json()

    assert [row["sku"] for row in page["results"]] == ["Oat", "Sky", "Fog"]


def test_new_prices_replace_the_old_and_leave_a_trail(
    manager_client: APIClient, mug: Product
) -> None:
    variant = VariantFactory.create(product=mug, sku="MUG", options={"Colour": "Oat"}, price="10")
    Price.objects.create(variant=variant, currency="EUR", amount=Decimal("9"))
    prices = [{"currency": "USD", "amount": "12"}, {"currency": "GBP", "amount": "8"}]

    response = manager_client.patch(url(mug, variant), {"prices": prices})

    assert [
        (price["currency"], price["amount"], price["compare_at"])
        for price in response.json()["prices"]
    ] == [("GBP", "8.00", None), ("USD", "12.00", None)]
    trail = AuditRecord.objects.filter(action="price.changed").order_by("pk")
    assert [(row.subject, row.details) for row in trail] == [
        ("sku:MUG", {"currency": "EUR", "before": "9.000", "after": ""}),
        ("sku:MUG", {"currency": "GBP", "before": "", "after": "8.000"}),
        ("sku:MUG", {"currency": "USD", "before": "10.000", "after": "12.000"}),
    ]
    assert Event.objects.get(type="product.changed").payload == {"changed": ["variants/MUG/prices"]}


def test_the_same_prices_again_are_no_change(manager_client: APIClient, mug: Product) -> None:
    variant = VariantFactory.create(product=mug, options={"Colour": "Oat"}, price="10")

    response = manager_client.patch(
        url(mug, variant), {"prices": [{"currency": "USD", "amount": "10.00"}]}
    )

    assert response.status_code == 200
    assert not AuditRecord.objects.filter(action="price.changed").exists()
    assert not Event.objects.filter(type="product.changed").exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"sku": "TAKEN"}, 409, "sku_taken"),
        ({"options": {"Colour": "Sky"}}, 409, "variant_exists"),
        ({"options": {"Size": "L"}}, 400, "variant_options_mismatch"),
        ({"prices": [{"currency": "JPY", "amount": "1.5"}]}, 400, "price_invalid"),
        ({"prices": [{"currency": "USD", "amount": "2", "compare_at": "2"}]}, 400, "price_invalid"),
    ],
)
def test_a_variant_that_breaks_a_rule_is_refused(
    manager_client: APIClient, mug: Product, body: dict[str, Any], status: int, code: str
) -> None:
    VariantFactory.create(product=mug, sku="TAKEN", options={"Colour": "Sky"})
    variant = VariantFactory.create(product=mug, sku="MUG", options={"Colour": "Oat"})
    new = {"sku": "NEW", "options": {"Colour": "Fog"}, **body}

    for response in (
        manager_client.patch(url(mug, variant), body),
        manager_client.post(url(mug), new),
    ):
        assert (response.status_code, response.json()["code"]) == (status, code)
    variant.refresh_from_db()
    assert (variant.sku, variant.options) == ("MUG", {"Colour": "Oat"})
    assert variant.prices.get().amount == 10
    assert ProductVariant.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"prices": [{"currency": "usd", "amount": "1"}]}, "/prices/0/currency"),
        ({"prices": [{"currency": "XXQ", "amount": "1"}]}, "/prices/0/currency"),
        ({"prices": [{"currency": "USD", "amount": 1}]}, "/prices/0/amount"),
        ({"prices": [{"currency": "USD", "amount": "1e3"}]}, "/prices/0/amount"),
        ({"prices": [{"currency": "USD", "amount": "-1"}]}, "/prices/0/amount"),
        ({"prices": [{"currency": "USD", "amount": "1"}] * 2}, "/prices"),
        ({"position": -1}, "/position"),
        ({"position": 2**31}, "/position"),
        ({"is_active": "yes"}, "/is_active"),
        ({"options": {"Colour": ["Oat"]}}, "/options/Colour"),
        ({"sku": "a\u200bb"}, "/sku"),
        ({"product": 7}, "/product"),
    ],
)
def test_a_malformed_variant_is_refused(
    manager_client: APIClient, mug: Product, body: dict[str, Any], pointer: str
) -> None:
    variant = VariantFactory.create(product=mug, options={"Colour": "Oat"})

    response = manager_client.patch(url(mug, variant), body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer


def test_an_inactive_variant_is_not_for_sale(manager_client: APIClient, mug: Product) -> None:
    body = {"sku": "MUG", "options": {"Colour": "Oat"}, "is_active": False}

    added = manager_client.post(url(mug), body)

    assert (added.status_code, added.json()["is_active"]) == (201, False)
    assert manager_client.post("/api/v1/cart/lines/", {"sku": "MUG"}).status_code == 404


def test_nobody_writes_over_what_a_colleague_changed(
    manager_client: APIClient, mug: Product
) -> None:
    variant = VariantFactory.create(product=mug, options={"Colour": "Oat"}, barcode="1")
    seen = manager_client.get(url(mug, variant))["ETag"]
    manager_client.patch(url(mug, variant), {"barcode": "2"}, headers={"If-Match": seen})

    late = manager_client.patch(url(mug, variant), {"barcode": "3"}, headers={"If-Match": seen})

    assert late.status_code == 412
    variant.refresh_from_db()
    assert variant.barcode == "2"


def test_a_variant_is_found_at_its_own_product_only(
    manager_client: APIClient, mug: Product
) -> None:
    stranger = VariantFactory.create()

    assert manager_client.get(url(mug, stranger)).status_code == 404
    assert manager_client.patch(url(mug, stranger), {"barcode": "3"}).status_code == 404
    assert manager_client.get(f"/api/v1/staff/products/{2**70}/variants/").status_code == 404


def test_being_staff_opens_nothing(clerk_client: APIClient, mug: Product) -> None:
    variant = VariantFactory.create(product=mug)

    assert clerk_client.get(url(mug)).status_code == 403
    assert clerk_client.post(url(mug), {"sku": "NEW"}).status_code == 403
    assert clerk_client.patch(url(mug, variant), {"sku": "NEW"}).status_code == 403
    assert ProductVariant.objects.get().sku != "NEW"


@pytest.mark.parametrize("price", [{}, {"currency": "USD"}, {"amount": "9"}])
def test_a_price_names_its_currency_and_its_amount_in_a_change_too(
    manager_client: APIClient, mug: Product, price: dict[str, str]
) -> None:
    variant = VariantFactory.create(product=mug, options={"Colour": "Oat"}, price="10")

    response = manager_client.patch(url(mug, variant), {"prices": [price]})

    assert response.status_code == 400
    missing = {"currency", "amount"} - set(price)
    assert {fault["pointer"] for fault in response.json()["errors"]} == {
        f"/prices/0/{name}" for name in missing
    }
    assert Price.objects.get().amount == Decimal("10.00")


def test_a_parcel_has_three_sides_or_none(manager_client: APIClient, mug: Product) -> None:
    variant = VariantFactory.create(product=mug, options={"Colour": "Oat"})
    address = url(mug, variant)
    sides = {"length_mm": 125, "width_mm": 95, "height_mm": 110}

    def change(body: Mapping[str, int | None]) -> tuple[int, str]:
        seen = manager_client.get(address)["ETag"]
        response = manager_client.patch(address, body, headers={"If-Match": seen})
        return response.status_code, response.json().get("code", "")

    assert change({"length_mm": 125}) == (400, "variant_half_measured")
    assert change(dict.fromkeys(sides, 0)) == (400, "invalid")
    assert change(sides) == (200, "")
    assert change({"width_mm": None}) == (400, "variant_half_measured")
    assert change({"width_mm": 90}) == (200, "")
    assert change(dict.fromkeys(sides, None)) == (200, "")
    assert change({"weight_grams": 10_000_001}) == (400, "invalid")


@pytest.mark.parametrize(
    "measures", ["length_mm = 1", "weight_grams = 0", "weight_grams = 10000001"]
)
def test_the_database_holds_what_a_parcel_is(mug: Product, measures: str) -> None:
    VariantFactory.create(product=mug, options={"Colour": "Oat"})

    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(f"UPDATE catalog_productvariant SET {measures}")  # noqa: S608
