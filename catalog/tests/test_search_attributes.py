"""What is said of products is searched, whoever says it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from catalog.models import (
    Attribute,
    Product,
    ProductAttributeValue,
    SearchEntry,
    SearchWord,
)
from catalog.services.search.upkeep import count_words, write_all_entries, write_stale_entries
from catalog.tests.factories import AttributeFactory, ProductFactory, VariantFactory, say
from catalog.tests.test_list_products import names
from catalog.tests.test_lowest_prices import wait_until_somebody_waits

pytestmark = pytest.mark.django_db


@pytest.fixture(name="arc")
def _arc() -> Product:
    return VariantFactory.create(product__name="Arc").product


def found(client: APIClient, *queries: str) -> list[bool]:
    return ["Arc" in names(client, search=query, fields="name") for query in queries]


def test_choices_texts_and_what_is_so_are_searched(api_client: APIClient, arc: Product) -> None:
    material = AttributeFactory.create(choices=["Porcelain", "Beech"], is_searchable=True)
    glaze = AttributeFactory.create(type="color", choices=["Ochre"], is_searchable=True)
    finish = AttributeFactory.create(type="text", is_searchable=True)
    washable = AttributeFactory.create(name="Dishwasher", type="boolean", is_searchable=True)
    foldable = AttributeFactory.create(name="Foldable", type="boolean", is_searchable=True)
    maker = AttributeFactory.create(choices=["Hidden"])

    say(
        {
            arc: {
                material: ["porcelain", "beech"],
                glaze: "ochre",
                finish: "Satin sheen",
                washable: True,
                foldable: False,
                maker: "hidden",
            }
        }
    )

    assert found(api_client, "porcelain", "beech ochre", "arc satin", "dishwasher") == [True] * 4
    assert found(api_client, "foldable", "hidden") == [False] * 2
    say({arc: {material: "beech"}})
    assert found(api_client, "beech", "porcelain", "satin") == [True, False, False]


def test_what_is_said_and_what_it_is_called_may_change_in_any_table(
    api_client: APIClient, arc: Product
) -> None:
    material = AttributeFactory.create(choices=["Porcelain", "Beech"], is_searchable=True)
    washable = AttributeFactory.create(name="Dishwasher", type="boolean", is_searchable=True)
    say({arc: {material: "porcelain", washable: False}})
    beech = material.choices.get(code="beech")

    ProductAttributeValue.objects.filter(type="choice").update(choice=beech)
    ProductAttributeValue.objects.filter(type="boolean").update(boolean=True)
    assert found(api_client, "beech", "dishwasher", "porcelain") == [True, True, False]

    material.choices.filter(code="beech").update(label="Hornbeam")
    Attribute.objects.filter(pk=washable.pk).update(name="Machine")
    assert found(api_client, "hornbeam", "machine", "beech", "dishwasher") == [
        *(True, True),
        *(False, False),
    ]

    Attribute.objects.update(is_searchable=False)
    assert found(api_client, "hornbeam", "machine") == [False, False]
    Attribute.objects.update(is_searchable=True)
    assert found(api_client, "hornbeam", "machine") == [True, True]

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalog_productattributevalue")
    assert found(api_client, "hornbeam", "machine") == [False, False]


def test_what_was_said_before_there_is_something_to_buy_is_found_then(
    api_client: APIClient,
) -> None:
    arc = ProductFactory.create(name="Arc")
    say({arc: {AttributeFactory.create(choices=["Beech"], is_searchable=True): "beech"}})
    assert not SearchEntry.objects.exists()

    VariantFactory.create(product=arc)

    assert found(api_client, "beech") == [True]


def test_all_that_triggers_wrote_is_what_the_night_would(arc: Product) -> None:
    material = AttributeFactory.create(choices=["Porcelain", "Beech"], is_searchable=True)
    say({arc: {material: ["beech", "porcelain"]}})
    before = SearchEntry.objects.get().vector

    write_all_entries()

    assert SearchEntry.objects.get().vector == before


def test_a_choice_of_a_great_many_products_is_left_to_a_job(
    api_client: APIClient, arc: Product
) -> None:
    material = AttributeFactory.create(choices=["Beech"], is_searchable=True)
    products = Product.objects.bulk_create(
        Product(name=f"Bulk {n}", slug=f"bulk-{n}") for n in range(1001)
    )
    say({product: {material: "beech"} for product in [*products, arc]})

    material.choices.update(label="Hornbeam")
    assert found(api_client, "hornbeam") == [False]
    assert write_stale_entries() == 1

    assert found(api_client, "hornbeam") == [True]


def test_a_slip_in_a_value_is_mended(api_client: APIClient, arc: Product) -> None:
    say({arc: {AttributeFactory.create(choices=["Stoneware"], is_searchable=True): "stoneware"}})
    count_words()

    assert SearchWord.objects.filter(word="stoneware").exists()
    assert found(api_client, "stonewear") == [True]


NO_LOCK = """
CREATE OR REPLACE FUNCTION catalog_lock_search_entries(products bigint[]) RETURNS void
LANGUAGE plpgsql AS $$ BEGIN END $$;
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("arm", ["locked", "not locked"])
def test_of_two_who_say_something_at_once_neither_is_lost(api_client: APIClient, arm: str) -> None:
    """Without the lock of entries, the control, the second does not see what the first said."""
    arc = VariantFactory.create(product__name="Arc").product
    beech, ochre = (
        AttributeFactory.create(choices=[label], is_searchable=True) for label in ("Beech", "Ochre")
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('catalog_lock_search_entries'::regproc)")
        (lock,) = cursor.fetchone()
        if arm == "not locked":
            cursor.execute(NO_LOCK)

    def write(attribute: Attribute) -> None:
        choice = attribute.choices.get()
        ProductAttributeValue.objects.create(
            product=arc, attribute=attribute, type="choice", choice=choice
        )

    def write_elsewhere() -> None:
        try:
            write(ochre)
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                write(beech)
                second = pool.submit(write_elsewhere)
                wait_until_somebody_waits()
            second.result(timeout=20)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(lock)

    assert found(api_client, "beech ochre") == [arm == "locked"]
