from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Price, ProductVariant
from catalog.services.products import create_product
from catalog.tests.admin_forms import errors_of, formset
from catalog.tests.factories import VariantFactory
from ecommerce_backend.common.models import AuditRecord

pytestmark = pytest.mark.django_db
VARIANTS = "/admin/catalog/productvariant/"


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_of_variants_costs_the_same_however_long(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        VariantFactory.create(on_hand=3)

    with django_assert_num_queries(6):
        page = admin.get(VARIANTS).content.decode()

    assert page.count("3 of 3") == rows


def test_prices_are_set_on_the_variants_page(admin: Client) -> None:
    variant = VariantFactory.create(sku="ARC", price=None, options={})
    form = {"sku": "ARC-2", "options": "{}", "position": 0, "is_active": "on"}
    prices = formset(
        "prices",
        {"currency": "USD", "amount": "8.50", "compare_at": "10"},
        {"currency": "JPY", "amount": "1200"},
    )

    response = admin.post(f"{VARIANTS}{variant.pk}/change/", {**form, **prices})

    assert response.status_code == 302, response.context["errors"]
    amounts = Price.objects.order_by("currency").values_list("currency", "amount", "compare_at")
    assert list(amounts) == [
        ("JPY", Decimal("1200"), None),
        ("USD", Decimal("8.5"), Decimal("10")),
    ]
    variant.product.refresh_from_db()
    assert "arc-2" in variant.product.search_text
    audited = AuditRecord.objects.order_by("pk").values_list("action", "subject", "details")
    assert list(audited) == [
        ("price.changed", "sku:ARC-2", {"currency": "USD", "before": "", "after": "8.50"}),
        ("price.changed", "sku:ARC-2", {"currency": "JPY", "before": "", "after": "1200"}),
    ]


def test_a_price_that_cannot_be_paid_is_refused(admin: Client) -> None:
    variant = VariantFactory.create(price=None, options={})
    form = {"sku": "ARC", "options": "{}", "position": 0}
    prices = formset("prices", {"currency": "JPY", "amount": "12.50"})

    response = admin.post(f"{VARIANTS}{variant.pk}/change/", {**form, **prices})

    assert "12.50 cannot be paid in JPY" in errors_of(response)
    assert not Price.objects.exists()


def test_a_variant_added_by_itself_has_stock_and_is_found(admin: Client) -> None:
    product = create_product(name="Shirt", options=["Size"])
    form = {"product": product.pk, "sku": "S-L", "position": 0, **formset("prices")}

    refused = admin.post(f"{VARIANTS}add/", {**form, "options": "{}"})
    added = admin.post(f"{VARIANTS}add/", {**form, "options": '{"Size": "L"}'})

    assert "names Size, exactly" in errors_of(refused)
    assert added.status_code == 302
    assert ProductVariant.objects.get().stock.on_hand == 0
    product.refresh_from_db()
    assert product.search_text == "shirt\ns-l"


def test_a_variants_page_costs_the_same_with_many_prices(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    variant = VariantFactory.create()
    for currency in ("EUR", "GBP", "JPY"):
        Price.objects.create(variant=variant, currency=currency, amount=Decimal("9"))
    ContentType.objects.get_for_model(ProductVariant)  # kept in memory from here on

    with django_assert_num_queries(6):
        page = admin.get(f"{VARIANTS}{variant.pk}/change/").content.decode()

    assert page.count('maxlength="3"') == 5


def test_an_option_is_a_text(admin: Client) -> None:
    product = create_product(name="Shoe", options=["Size"])
    form = {"product": product.pk, "sku": "SHOE-42", "position": 0, **formset("prices")}

    refused = admin.post(f"{VARIANTS}add/", {**form, "options": '{"Size": 42}'})

    assert "Put each value in quotes" in errors_of(refused)
    assert not product.variants.exists()
