"""What a catalogue file says of attributes."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from catalog.models import Attribute, Product, SearchEntry
from catalog.services.attributes.values import as_written, rows_of
from catalog.tests.factories import AttributeFactory, CategoryFactory, VariantFactory, say
from catalog.tests.import_files import LAMP, csv_file, jsonl_file, run
from catalog.tests.test_list_products import names

pytestmark = pytest.mark.django_db


@pytest.fixture(name="of_each")
def _of_each() -> dict[str, Attribute]:
    kinds: dict[str, dict[str, Any]] = {
        "finish": {"type": "text"},
        "material": {"choices": ["Oak", "Elm"], "is_searchable": True},
        "washable": {"type": "boolean"},
        "weight": {"type": "number", "unit": "g"},
    }
    return {
        code: AttributeFactory.create(code=code, name=code.title(), **kind)
        for code, kind in kinds.items()
    }


def said(sku: str = "LAMP-1") -> dict[str, Any]:
    """Return all that is said of the product of a SKU."""
    product = Product.objects.get(variants__sku=sku)
    return {**product.attributes, **as_written(rows_of([product.pk]))}


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.usefixtures("of_each")
def test_codes_and_names_are_values_and_all_else_are_facts(tmp_path: Path, kind: str) -> None:
    told = {
        "Material": ["oak", "Elm"],
        "WASHABLE": "Yes",
        "weight": "1200.50 g",
        "finish": "Matt",
        "Origin": "Japan",
    }
    row: dict[str, Any] = LAMP | {"attributes": json.dumps(told) if kind == "csv" else told}
    write = csv_file if kind == "csv" else jsonl_file
    values = {"material": ["oak", "elm"], "washable": True, "weight": 1200.5, "finish": "Matt"}

    ended = run(write(tmp_path, row))
    again = run(write(tmp_path, row))

    assert (ended.counts, again.counts) == ((1, 0, 0, 0), (0, 0, 1, 0))
    assert said() == {"Origin": "Japan", **values}
    assert Product.objects.get().attributes == {"Origin": "Japan"}


@pytest.mark.usefixtures("of_each")
def test_what_is_no_value_keeps_its_row_out_with_the_reason(tmp_path: Path) -> None:
    AttributeFactory.create(code="hardy", type="boolean", categories=[CategoryFactory.create()])
    wrong = {
        "Material": "steel",
        "washable": "perhaps",
        "weight": "12 kg",
        "finish": 7,
        "hardy": True,
        "Origin": "Japan",
    }
    rows = [
        LAMP | {"attributes": json.dumps(wrong)},
        LAMP | {"sku": "LAMP-2", "attributes": '{"material": "oak", "Material": "elm"}'},
        LAMP | {"sku": "LAMP-3", "attributes": '{"material": "oak"}'},
    ]

    ended = run(csv_file(tmp_path, *rows), "--errors", str(tmp_path / "errors.csv"))

    assert ended.code == 1
    assert ended.counts == (1, 0, 0, 2)
    with (tmp_path / "errors.csv").open(newline="") as stream:
        told = [(row["line"], row["column"], row["code"]) for row in csv.DictReader(stream)]
    assert sorted(told) == [
        ("2", "attributes", "not_a_boolean"),
        ("2", "attributes", "not_a_number"),
        ("2", "attributes", "not_in_category"),
        ("2", "attributes", "not_text"),
        ("2", "attributes", "unknown_choice"),
        ("3", "attributes", "repeated"),
    ]
    report = (tmp_path / "errors.csv").read_text()
    assert "“Material” has no choice “steel”, but oak, elm" in report
    assert not Product.objects.filter(variants__sku__in=["LAMP-1", "LAMP-2"]).exists()


def test_an_attribute_is_for_the_category_of_the_row_or_of_the_product(tmp_path: Path) -> None:
    home = CategoryFactory.create(name="Home", slug="home")
    CategoryFactory.create(name="Lamps", slug="lamps", parent=home)
    AttributeFactory.create(code="hardy", type="boolean", categories=[home])
    row = LAMP | {"attributes": '{"hardy": true}'}

    here = run(csv_file(tmp_path, row | {"category_path": "Home > Lamps > New"}))
    stays = run(csv_file(tmp_path, LAMP | {"attributes": '{"hardy": false}'}))
    there = run(csv_file(tmp_path, row | {"sku": "LAMP-2", "category_path": "Garden"}))

    assert (here.counts, stays.counts, there.counts) == ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))
    assert said() == {"hardy": False}


def test_a_dry_run_knows_as_much_and_writes_nothing(
    tmp_path: Path, of_each: dict[str, Attribute]
) -> None:
    VariantFactory.create(sku="LAMP-1", options={}, product__attributes={"Material": "Oak"})
    home = CategoryFactory.create(name="Home", slug="home")
    AttributeFactory.create(code="hardy", type="boolean", categories=[home])
    rows = [
        LAMP | {"category_path": "Home > New", "attributes": '{"Material": "Oak"}'},
        LAMP | {"sku": "B", "category_path": "Home > New", "attributes": '{"hardy": 1}'},
        LAMP | {"sku": "C", "category_path": "Home > New", "attributes": '{"hardy": "no"}'},
    ]

    ended = run(csv_file(tmp_path, *rows), "--dry-run")
    nothing = said()
    really = run(csv_file(tmp_path, *rows))

    assert ended.counts == really.counts == (1, 1, 0, 1)
    assert nothing == {"Material": "Oak"}
    assert (said(), said("C")) == ({"material": "oak"}, {"hardy": False})


def test_a_fact_older_than_its_attribute_is_taken_up_when_it_is_a_value(tmp_path: Path) -> None:
    facts = {"Material": "Oak", "Weight": "heavy", "Care": "By hand"}
    path = jsonl_file(tmp_path, LAMP | {"attributes": facts})
    run(path)
    AttributeFactory.create(code="material", name="Material", choices=["Oak"])
    AttributeFactory.create(code="weight", name="Weight", type="number")

    taken_up, again = run(path), run(path)
    other = run(jsonl_file(tmp_path, LAMP | {"attributes": {**facts, "Weight": "light"}}))

    assert (taken_up.counts, again.counts, other.counts) == (
        (0, 1, 0, 0),
        (0, 0, 1, 0),
        (0, 0, 0, 1),
    )
    assert said() == {"material": "oak", "Weight": "heavy", "Care": "By hand"}


def test_a_column_that_is_not_there_leaves_values_and_an_empty_one_clears_them(
    tmp_path: Path, of_each: dict[str, Attribute]
) -> None:
    path = jsonl_file(tmp_path, LAMP | {"attributes": {"material": "oak", "x": 1}})
    run(path)

    without = run(csv_file(tmp_path, LAMP))
    kept = said()
    empty = run(csv_file(tmp_path, LAMP | {"attributes": ""}))

    assert (without.counts, empty.counts) == ((0, 0, 1, 0), (0, 1, 0, 0))
    assert (kept, said()) == ({"material": "oak", "x": 1}, {})


def test_one_row_does_not_speak_for_a_product_of_several(
    tmp_path: Path, of_each: dict[str, Attribute]
) -> None:
    mug = VariantFactory.create(sku="LAMP-1", options={"Colour": "Oat"}).product
    VariantFactory.create(sku="LAMP-2", product=mug, options={"Colour": "Sky"})
    say({mug: {of_each["material"]: "oak"}})

    ended = run(jsonl_file(tmp_path, LAMP | {"price": "10.00", "attributes": {"weight": "?"}}))

    assert (ended.code, said()) == (0, {"material": "oak"})


@pytest.mark.usefixtures("of_each")
def test_the_words_of_what_is_imported_are_worked_out_once(
    tmp_path: Path, api_client: APIClient
) -> None:
    rows = [
        LAMP | {"sku": f"L{n}", "name": f"Lamp {n}", "attributes": {"material": "elm"}}
        for n in range(30)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL track_functions = 'all'")
        cursor.execute(CALLS)
        before = cursor.fetchone()

    run(jsonl_file(tmp_path, *rows))

    with connection.cursor() as cursor:
        cursor.execute(CALLS)
        after = cursor.fetchone()
    assert (before, after) == (None, (30,))
    assert SearchEntry.objects.count() == 30
    assert len(names(api_client, search="elm", page_size="100")) == 30


CALLS = "SELECT calls FROM pg_stat_xact_user_functions WHERE funcname = 'catalog_search_vector'"


@pytest.mark.usefixtures("of_each")
def test_a_batch_takes_as_many_queries_whatever_is_said(tmp_path: Path) -> None:
    taken = []
    for count in (2, 40):
        told = {"material": ["oak", "elm"], "washable": True, "weight": count, "Origin": "Japan"}
        rows = [LAMP | {"sku": f"{count}-{n}", "attributes": told} for n in range(count)]
        path = jsonl_file(tmp_path, *rows)
        changed = jsonl_file(
            tmp_path, *[{**row, "attributes": {"weight": 1}} for row in rows], name="b.jsonl"
        )
        for file in (path, changed):
            with CaptureQueriesContext(connection) as queries:
                run(file)
            taken.append(len(queries))

    assert taken[:2] == taken[2:]
