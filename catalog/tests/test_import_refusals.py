"""Rows that stay out, while the rest goes in."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from catalog.models import Product, ProductVariant
from catalog.tests.import_files import LAMP, csv_file, faults, jsonl_file, run, text_file

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("sku", "", "missing"),
        ("sku", " \t ", "missing"),
        ("sku", "x" * 65, "too_long"),
        ("sku", "A\x1bB", "control_characters"),
        ("sku", "A\u200bB", "control_characters"),
        ("name", "", "missing"),
        ("name", "n" * 256, "too_long"),
        ("name", "a\x00b", "nul_character"),
        ("price", "", "missing"),
        ("price", "1e5", "not_a_price"),
        ("price", "NaN", "not_a_price"),
        ("price", "Infinity", "not_a_price"),
        ("price", "１２", "not_a_price"),
        ("price", "1,299.00", "not_a_price"),
        ("price", "1_000", "not_a_price"),
        ("price", "+5", "not_a_price"),
        ("price", ".5", "not_a_price"),
        ("price", "5.", "not_a_price"),
        ("price", "$5", "not_a_price"),
        ("price", "-0.01", "negative"),
        ("price", "1000000000", "too_large"),
        ("price", "9" * 31, "not_a_price"),
        ("price", "19.999", "too_precise"),
        ("price", "0." + "0" * 29 + "1", "too_precise"),
        ("currency", "", "missing"),
        ("currency", "usd", "unknown_currency"),
        ("currency", "ZZZ", "unknown_currency"),
        ("upc", "1" * 65, "too_long"),
        ("upc", "1\n2", "control_characters"),
        ("description", "d" * 100_001, "too_long"),
        ("brand", "b" * 256, "too_long"),
        ("category_path", "A > " + "c" * 256, "too_long"),
        ("category_path", "A >  > B", "empty_level"),
        ("category_path", " > ".join("a" * 33), "too_deep"),
        ("image_url", "ftp://pictures.example/a.jpg", "invalid_url"),
        ("image_url", "javascript:alert(1)", "invalid_url"),
        ("image_url", "https://", "invalid_url"),
        ("image_url", "https://[bad/a.jpg", "invalid_url"),
        ("image_url", "https://pictures.example/a b.jpg", "invalid_url"),
        ("image_url", "https://pictures.example/" + "a" * 1000, "too_long"),
        ("attributes", "[1]", "not_an_object"),
        ("attributes", "{", "not_json"),
        ("attributes", '{"a": NaN}', "not_json"),
        ("attributes", '{"a": 1e999}', "not_json"),
        ("attributes", '{"a": 1, "a": 2}', "not_json"),
        ("attributes", '{"a": "\\u0000"}', "nul_character"),
        ("attributes", '{"\\ud800": 1}', "not_unicode"),
        ("attributes", json.dumps({"a": "x" * 65_536}), "too_large"),
        ("attributes", '{"a":' * 33 + "1" + "}" * 33, "too_deep"),
        ("attributes", '{"a":' * 20_000 + "1" + "}" * 20_000, "not_json"),
        ("weight_grams", "0", "not_a_measure"),
        ("weight_grams", "10000001", "not_a_measure"),
        ("weight_grams", "1.5", "not_a_measure"),
        ("height_mm", "100001", "not_a_measure"),
        ("on_hand", "-1", "not_a_quantity"),
        ("on_hand", "1.5", "not_a_quantity"),
        ("on_hand", "2147483648", "not_a_quantity"),
        ("colour", "a\x00b", "nul_character"),
    ],
)
def test_a_value_that_does_not_fit_keeps_its_row_out(
    tmp_path: Path, column: str, value: str, code: str
) -> None:
    good = {column: ""} | LAMP | {"sku": "GOOD"}
    bad = {column: ""} | LAMP | {"sku": "BAD", column: value}

    assert faults(csv_file(tmp_path, bad, good)) == [("2", column, code)]
    assert list(ProductVariant.objects.values_list("sku", flat=True)) == ["GOOD"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("price", "0"),
        ("price", "0.00"),
        ("price", "999999999.99"),
        ("price", "19.9900"),
        ("name", "n" * 255),
        ("name", "=2+2"),
        ("sku", "商品 1"),
        ("description", "d" * 100_000),
        ("image_url", "HTTP://pictures.example/ä.jpg"),
        ("attributes", ""),
        ("attributes", '{"escaped": "\\\\u0000"}'),
        ("category_path", "A>B > C"),
    ],
)
def test_a_value_at_the_edge_goes_in(tmp_path: Path, column: str, value: str) -> None:
    assert run(csv_file(tmp_path, LAMP | {column: value})).code == 0
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    ("currency", "price", "code"),
    [("JPY", "100.5", "too_precise"), ("KWD", "1.005", ""), ("CLF", "1.0001", "too_precise")],
)
def test_a_price_has_the_decimals_of_its_currency(
    tmp_path: Path, currency: str, price: str, code: str
) -> None:
    path = csv_file(tmp_path, LAMP | {"currency": currency, "price": price})

    assert faults(path) == ([("2", "price", code)] if code else [])


def test_everything_wrong_with_a_row_is_said_at_once(tmp_path: Path) -> None:
    row = LAMP | {"name": "", "price": "cheap", "currency": "ZZZ"}

    assert faults(csv_file(tmp_path, row)) == [
        ("2", "name", "missing"),
        ("2", "price", "not_a_price"),
        ("2", "currency", "unknown_currency"),
    ]


def test_the_second_row_of_a_sku_stays_out_and_names_the_first(tmp_path: Path) -> None:
    path = csv_file(tmp_path, LAMP, LAMP | {"sku": "OTHER"}, LAMP | {"name": "Impostor"})

    ended = run(path)

    assert ended.code == 1
    assert "is the SKU of line 2 too" in ended.text
    assert not Product.objects.filter(name="Impostor").exists()


def test_lines_are_counted_where_records_start(tmp_path: Path) -> None:
    text = (
        "sku,name,description,price,currency\r\n"
        'A,Lamp,"two\r\nlines",1,USD\r\n'
        "\r\n"
        'B,Lamp,"three\n\nlines",oops,USD\r\n'
        "C,Lamp,,oops,USD"
    )

    assert faults(text_file(tmp_path, text)) == [
        ("5", "price", "not_a_price"),
        ("8", "price", "not_a_price"),
    ]


def test_a_row_of_too_many_or_too_few_fields_stays_out(tmp_path: Path) -> None:
    text = "sku,name,price,currency\nA,Lamp,1,USD,more\nB,Lamp\nC,Lamp,1,USD\n"

    assert faults(text_file(tmp_path, text)) == [
        ("2", "", "wrong_field_count"),
        ("3", "", "wrong_field_count"),
    ]
    assert ProductVariant.objects.get().sku == "C"


def test_a_quote_that_is_never_closed_keeps_its_row_out(tmp_path: Path) -> None:
    text = 'sku,name,price,currency\nA,Lamp,1,USD\nB,"Lamp,1,USD\nC,Lamp,1,USD\n'

    path = text_file(tmp_path, text)

    assert faults(path) == [("3", "", "broken_quoting")]
    assert "read up to line 4" in run(path).text


def test_reading_goes_on_after_a_quote_that_swallows_too_much(tmp_path: Path) -> None:
    rows = "".join(f"S{n},{'x' * 100},1,USD\n" for n in range(2000))
    text = f'sku,name,price,currency\nA,"open,1,USD\n{rows}'

    assert faults(text_file(tmp_path, text)) == [("2", "", "broken_quoting")]
    assert ProductVariant.objects.filter(sku="S1999").exists()


def test_text_after_a_closing_quote_keeps_its_row_out(tmp_path: Path) -> None:
    text = 'sku,name,price,currency\nA,"Lamp" x,1,USD\nB,5" pipe,1,USD\n'

    assert faults(text_file(tmp_path, text)) == [("2", "", "broken_quoting")]
    assert Product.objects.get().name == '5" pipe'


def test_bytes_that_are_no_text_keep_only_their_row_out(tmp_path: Path) -> None:
    text = b"sku,name,price,currency\nA,Caf\xe9,1,USD\nB,Caf\xc3\xa9,1,USD\n"

    assert faults(text_file(tmp_path, text)) == [("2", "name", "not_unicode")]
    assert Product.objects.get().name == "Café"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{oops", "not_json"),
        (b'{"sku": "A", "sku": "B"}', "not_json"),
        (b'{"price": NaN}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"n": ' + b"1" * 5000 + b"}", "not_json"),
        (b"[1]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"name": "Caf\xe9"}', "not_unicode"),
        (b'{"name": "' + b"x" * 1024 * 1024 + b'"}', "line_too_long"),
    ],
)
def test_a_line_that_is_no_json_object_stays_out(tmp_path: Path, line: bytes, code: str) -> None:
    good = json.dumps(LAMP).encode()
    path = text_file(tmp_path, good + b"\n" + line + b"\n\n", "products.jsonl")

    assert faults(path) == [("2", "", code)]
    assert ProductVariant.objects.get().sku == "LAMP-1"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("name", "\ud800", "not_unicode"),
        ("name", "a\x00b", "nul_character"),
        ("name", True, "not_text"),
        ("name", 1.5, "not_text"),
        ("name", ["Lamp"], "not_text"),
        ("name", None, "missing"),
        ("price", 19.999, "too_precise"),
        ("price", 1e5, ""),
        ("price", 1e16, "too_large"),
        ("price", True, "not_text"),
        ("sku", 1234, ""),
        ("category_path", ["A", 1.5], "not_text"),
        ("category_path", ["A", ""], "empty_level"),
        ("category_path", [], ""),
        ("attributes", [], "not_text"),
        ("attributes", {"a": ["\x00"]}, "nul_character"),
        ("attributes", None, ""),
    ],
)
def test_values_of_json_keep_to_the_same_rules(
    tmp_path: Path, column: str, value: Any, code: str
) -> None:
    path = jsonl_file(tmp_path, LAMP | {column: value})

    assert faults(path) == ([("1", column, code)] if code else [])


def test_a_price_in_json_is_read_as_it_is_written(tmp_path: Path) -> None:
    text = json.dumps(LAMP).replace('"19.99"', "19.990000000000000001")

    assert faults(text_file(tmp_path, text, "a.jsonl")) == [("1", "price", "too_precise")]


def test_a_line_of_csv_that_is_too_long_stays_out(tmp_path: Path) -> None:
    long = ",".join(["x" * 100_000] * 12)
    text = f"sku,name,price,currency\nA,Lamp,{long}\nB,Lamp,1,USD\n"

    assert faults(text_file(tmp_path, text)) == [("2", "", "line_too_long")]
    assert ProductVariant.objects.get().sku == "B"


def test_what_only_the_database_refuses_keeps_only_its_row_out(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE catalog_product ADD CONSTRAINT not_cursed CHECK (name <> 'Cursed')"
        )
    rows = [LAMP | {"sku": f"S{n}", "brand": f"B{n}", "category_path": f"C{n}"} for n in range(9)]
    rows[6]["name"] = "Cursed"

    path = csv_file(tmp_path, *rows)

    assert faults(path) == [("8", "", "conflict")]
    assert "it breaks not_cursed" in run(path).text
    assert ProductVariant.objects.count() == 8
