"""What is searched follows whatever is written, by whomever."""

from importlib import import_module

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from catalog.invariants import INVARIANTS
from catalog.models import Brand, Category, Product, ProductVariant, SearchEntry, SearchWord
from catalog.services.search.upkeep import (
    count_words,
    write_all_entries,
    write_stale_entries,
)
from catalog.tests.factories import BrandFactory, CategoryFactory, VariantFactory
from catalog.tests.sql import execute, scalar
from catalog.tests.test_list_products import names

written_once = import_module("catalog.migrations.0029_search_written_once")
pytestmark = pytest.mark.django_db
(COMPLETE,) = (each for each in INVARIANTS if each.name == "search_knows_every_product")


@pytest.fixture
def lamp() -> Product:
    lighting = CategoryFactory.create(name="Lighting")
    table_lamps = CategoryFactory.create(name="Tabletop", parent=lighting)
    brand = BrandFactory.create(name="Lindholm")
    return VariantFactory.create(
        product__name="Arc", product__brand=brand, product__category=table_lamps, sku="ARC-77"
    ).product


def found(client: APIClient, *queries: str) -> list[bool]:
    return ["Arc" in names(client, search=query, fields="name") for query in queries]


def test_it_follows_sql_that_no_service_wrote(api_client: APIClient, lamp: Product) -> None:
    assert found(api_client, "lindholm", "lighting", "tabletop", "arc77") == [True] * 4

    execute("UPDATE catalog_product SET description = 'Warm glow' WHERE id = %s", lamp.pk)
    execute("UPDATE catalog_brand SET name = 'Ottersby'")
    execute("UPDATE catalog_category SET name = 'Lumination' WHERE depth = 1")
    execute("UPDATE catalog_productvariant SET sku = 'BOW-88'")

    assert found(api_client, "glow", "ottersby", "lumination", "bow88") == [True] * 4
    assert found(api_client, "lighting", "arc77") == [False] * 2


def test_a_moved_category_takes_its_new_place_along(api_client: APIClient, lamp: Product) -> None:
    garden = CategoryFactory.create(name="Garden")

    Category.objects.move(Category.objects.get(name="Tabletop"), garden, "first-child")

    assert found(api_client, "garden", "lighting") == [True, False]


def test_a_variant_that_goes_takes_its_code_along(api_client: APIClient, lamp: Product) -> None:
    other = ProductVariant.objects.create(product=lamp, sku="ZEBRA-1", options={"a": "b"})
    assert found(api_client, "zebra") == [True]

    execute("DELETE FROM catalog_productvariant WHERE id = %s", other.pk)

    assert found(api_client, "zebra1") == [False]


def test_of_a_great_many_products_the_rest_is_left_to_a_job(
    api_client: APIClient, lamp: Product
) -> None:
    Product.objects.bulk_create(
        Product(name=f"Bulk {n}", slug=f"bulk-{n}", brand=lamp.brand) for n in range(1001)
    )
    execute("SELECT catalog_refresh_search(ARRAY(SELECT id FROM catalog_product))")
    Brand.objects.update(name="Ottersby")
    assert found(api_client, "ottersby") == [False]
    assert SearchEntry.objects.filter(is_stale=True).count() == 1002

    assert write_stale_entries() == 1002

    assert found(api_client, "ottersby") == [True]
    assert not SearchEntry.objects.filter(is_stale=True).exists()


# The planner is told of a single entry, and left nothing but nested loops.
ENTRY_BY_ENTRY = """
UPDATE pg_class SET relpages = 1000000, reltuples = 1 WHERE relname = 'catalog_searchentry';
SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_material = off;
SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off;
SET LOCAL track_functions = 'all'
"""
WORKED_OUT = """
SELECT calls FROM pg_stat_xact_user_functions WHERE funcname = 'catalog_search_vector'
"""


@pytest.mark.parametrize(("refresh", "times"), [("FORWARD", 1), ("BACKWARD", 30)])
def test_the_words_of_a_product_are_worked_out_once_by_whatever_plan(
    refresh: str, times: int
) -> None:
    execute(getattr(written_once, refresh))
    execute(ENTRY_BY_ENTRY)
    products = [VariantFactory.create().product_id for _ in range(30)]
    Product.objects.update(status="draft")
    before = scalar(WORKED_OUT)

    execute("SELECT catalog_refresh_search(%s::bigint[])", products)

    assert scalar(WORKED_OUT) - before == 30 * times


def test_the_languages_are_those_of_the_setting_from_the_rebuilding_on(
    api_client: APIClient, settings: Settings
) -> None:
    product = VariantFactory.create(product__name="Gläser").product
    Product.objects.filter(pk=product.pk).update(description="Mit vielen Häusern bemalt.")
    settings.SEARCH_LANGUAGES = ["german"]

    assert names(api_client, search="haus gläser") == []
    assert write_all_entries() == 1
    assert names(api_client, search="haus gläser") == ["Gläser"]
    assert names(api_client, search="häuser") == ["Gläser"]
    assert names(api_client, search="glas") == ["Gläser"]

    settings.SEARCH_LANGUAGES = ["simple"]
    write_all_entries()
    assert names(api_client, search="haus gläser") == []
    assert names(api_client, search="häusern gläser") == ["Gläser"]


def test_entries_that_are_lost_are_told_of_and_written_again(
    api_client: APIClient, lamp: Product
) -> None:
    SearchEntry.objects.update(vector="")
    assert COMPLETE.breaches() == [lamp.slug]

    write_all_entries()

    assert COMPLETE.breaches() == []
    assert found(api_client, "lindholm") == [True]


def test_words_that_are_gone_are_forgotten(lamp: Product) -> None:
    count_words()
    assert set(SearchWord.objects.values_list("word", flat=True)) == {
        *("arc", "lindholm", "tabletop")
    }

    Product.objects.update(name="Bow")
    count_words()

    assert not SearchWord.objects.filter(word="arc").exists()
    assert SearchWord.objects.get(word="bow").products == 1
