"""Files made to break the importer: each ends in a reason, with a row and a column if it has."""

import gzip
import io
import json
import tracemalloc
import zlib
from typing import Any

import pytest

from catalog.models import Category, Product
from catalog.services.categories import MAX_DEPTH
from catalog.services.imports import (
    Listener,
    Refusal,
    UnreadableSource,
    import_catalog,
    source_of,
    sources,
)

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024
HEAD = b"sku,name,price,currency\n"
GOOD = b"OK,Lamp,9.99,USD\n"
# Nobody needs more than this to refuse a file.
MOST_MEMORY = 60 * MEGABYTE


def row(**values: Any) -> bytes:
    """Return a line of JSON with the row of a lamp, changed."""
    lamp = {"sku": "A", "name": "Lamp", "price": "9.99", "currency": "USD"}
    return json.dumps({**lamp, **values}).encode() + b"\n"


def brief(value: Any) -> str:
    """Return a name for a test: the beginning of a value, and what tells it from its like."""
    return f"{repr(value)[:24]} {zlib.crc32(repr(value).encode()):08x}"


def taken(content: bytes, name: str) -> tuple[int, list[tuple[int, str, str]]]:
    """Import a file; return how many rows are in, and line, column and code of what is wrong."""
    refused: list[Refusal] = []
    source = source_of(io.BufferedReader(io.BytesIO(content)), name=name)
    ended = import_catalog(source=source, listener=Listener(refusal=refused.append))
    flaws = [(one.line, flaw.column, flaw.code) for one in refused for flaw in one.flaws]
    assert all(flaw.reason for one in refused for flaw in one.flaws)
    return ended.created, flaws


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "a.csv is empty."),
        ("a.csv", b"\n\n\n", "has no column sku, name, price, currency"),
        ("a.csv", b"\0" * 100, "not UTF-8"),
        ("a.csv", HEAD.decode().encode("utf-16"), "not UTF-8"),
        ("a.csv", HEAD.decode().encode("utf-16-be"), "not UTF-8"),
        ("a.csv", HEAD.decode().encode("utf-32"), "not UTF-8"),
        ("a.csv", HEAD.replace(b"\n", b"\r") + GOOD, "carriage return alone"),
        ("a.csv", HEAD.replace(b",", b";") + GOOD, "separated by commas"),
        ("a.csv", HEAD.replace(b",", b"\t") + GOOD, "separated by commas"),
        ("a.csv", b"sku,name,price,currency,sku\n", "the column sku twice"),
        ("a.csv", b"SKU, sku ,name,price,currency\n", "the column sku twice"),
        ("a.csv", b"name,price,currency\n", "has no column sku"),
        ("a.csv", b'"sku,name\n', "is not CSV in UTF-8"),
        ("a.csv", b"sku,n\xe4me,price,currency\n", "is not CSV in UTF-8"),
        ("a.csv", b"sku,name,price,currency" + b",x" * 1_000_000 + b"\n", "columns, 200 at most"),
        ("a.csv", b"sku,name,price,currency" + b",x" * 1_000 + b"\n", "1,004 columns, 200 at most"),
        ("a.csv", b"x" * (2 * MEGABYTE), "is not CSV in UTF-8"),
        ("a.csv", b"PK\x03\x04" + b"x" * 100, "is an archive"),
        ("a.csv", b"\xd0\xcf\x11\xe0" + b"x" * 100, "a spreadsheet"),
        ("a.csv", b"%PDF-1.7", "a document"),
        ("a.csv", b"7z\xbc\xaf\x27\x1c", "is an archive"),
        ("a.csv", b"Rar!\x1a\x07", "is an archive"),
        ("a.csv", b"BZh91AY", "is an archive"),
        ("a.csv", b"\xfd7zXZ\x00", "is an archive"),
        ("a.csv.gz", b"\x1f\x8b", "breaks off"),
        ("a.csv.gz", gzip.compress(HEAD + GOOD, mtime=0)[:-12], "breaks off"),
        ("a.csv.gz", gzip.compress(HEAD, mtime=0)[:-8] + b"\0" * 8, "breaks off"),
        ("a.csv.gz", gzip.compress(gzip.compress(HEAD + GOOD, mtime=0), mtime=0), "not UTF-8"),
        ("a.xlsx", HEAD, "does not say what it is"),
        ("../../etc/passwd", HEAD, "does not say what it is"),
    ],
    ids=brief,
)
def test_a_file_that_is_none_is_refused_as_a_whole(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource) as refusal:
        taken(content, name)

    assert reason in str(refusal.value)
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        (b"A,Lamp,9.99\n", ("", "wrong_field_count")),
        (b"A,Lamp,9.99,USD,x\n", ("", "wrong_field_count")),
        (b'A,"Lamp"x,9.99,USD\n', ("", "broken_quoting")),
        (b'A,"Lamp,9.99,USD\n', ("", "broken_quoting")),
        (b"A," + b"x" * (10 * MEGABYTE) + b",1,USD\n", ("", "line_too_long")),
        (b"A," + b"x" * 140_000 + b",1,USD\n", ("", "broken_quoting")),
        (b"A,\xff\xfe,9.99,USD\n", ("name", "not_unicode")),
        (b"A,La\0mp,9.99,USD\n", ("name", "nul_character")),
        (b"A\x1b[2J,Lamp,9.99,USD\n", ("sku", "control_characters")),
        ("A\u202eB,Lamp,9.99,USD\n".encode(), ("sku", "control_characters")),
        (b"A,Lamp,NaN,USD\n", ("price", "not_a_price")),
        (b"A,Lamp,Infinity,USD\n", ("price", "not_a_price")),
        (b"A,Lamp,1e308,USD\n", ("price", "not_a_price")),
        (b"A,Lamp,-1,USD\n", ("price", "negative")),
        (b"A,Lamp,=1+1,USD\n", ("price", "not_a_price")),
        (b"A,Lamp,0x10,USD\n", ("price", "not_a_price")),
        (b'A,Lamp,"1,000.00",USD\n', ("price", "not_a_price")),
        ("A,Lamp,１２,USD\n".encode(), ("price", "not_a_price")),
        (b"A,Lamp," + b"9" * 31 + b",USD\n", ("price", "not_a_price")),
        (b"A,Lamp,9999999999,USD\n", ("price", "too_large")),
        (b"A,Lamp,9.999,USD\n", ("price", "too_precise")),
        (b"A,Lamp,1.5,JPY\n", ("price", "too_precise")),
        (b"A,Lamp,1,usd\n", ("currency", "unknown_currency")),
        (b"A," + b"x" * 256 + b",1,USD\n", ("name", "too_long")),
        (b"A" * 65 + b",Lamp,1,USD\n", ("sku", "too_long")),
        (b" ,Lamp,1,USD\n", ("sku", "missing")),
    ],
    ids=brief,
)
def test_a_hostile_row_of_a_sheet_stays_out_alone(line: bytes, flaw: tuple[str, str]) -> None:
    created, flaws = taken(
        HEAD + line + b"\n" * 2000 + GOOD if b'"Lamp,' in line else HEAD + line + GOOD, "a.csv"
    )

    assert flaws[0] == (2, *flaw)
    assert created == (0 if b'"Lamp,' in line else 1)


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        (b"{\n", ("", "not_json")),
        (b"[1]\n", ("", "not_an_object")),
        (b'{"sku": "A", "sku": "B"}\n', ("", "not_json")),
        (b'{"sku": NaN}\n', ("", "not_json")),
        (b'{"sku": 1e999}\n', ("", "not_json")),
        (b'{"sku": ' + b"9" * 5000 + b"}\n", ("", "not_json")),
        (b"[" * 100_000 + b"\n", ("", "not_json")),
        (b'{"a":' * 100_000 + b"\n", ("", "not_json")),
        (b'{"sku": "\xff"}\n', ("", "not_unicode")),
        (b'{"sku": "' + b"x" * (10 * MEGABYTE) + b'"}\n', ("", "line_too_long")),
        (row(sku={"a": 1}), ("sku", "not_text")),
        (row(sku=True), ("sku", "not_text")),
        (row(name="\ud800"), ("name", "not_unicode")),
        (row(name="a\0b"), ("name", "nul_character")),
        (row(price=[1]), ("price", "not_text")),
        (row(description="x" * 100_001), ("description", "too_long")),
        (row(attributes=[1]), ("attributes", "not_text")),
        (row(attributes={"a": "x" * 70_000}), ("attributes", "too_large")),
        (row(attributes={"a": "\0"}), ("attributes", "nul_character")),
        (row(category_path=["a"] * (MAX_DEPTH + 1)), ("category_path", "too_deep")),
        (row(category_path=["a", ""]), ("category_path", "empty_level")),
        (row(category_path=[["a"]]), ("category_path", "not_text")),
        (row(image_url="javascript:alert(1)"), ("image_url", "invalid_url")),
        (row(image_url="file:///etc/passwd"), ("image_url", "invalid_url")),
        (row(image_url="http://[::1"), ("image_url", "invalid_url")),
        (row(on_hand=-1), ("on_hand", "not_a_quantity")),
        (row(on_hand=2**31), ("on_hand", "not_a_quantity")),
    ],
    ids=brief,
)
def test_a_hostile_line_of_json_stays_out_alone(line: bytes, flaw: tuple[str, str]) -> None:
    created, flaws = taken(line + row(sku="OK"), "a.jsonl")

    assert (created, flaws[0]) == (1, (1, *flaw))


def test_attributes_nested_without_end_stay_out() -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = {"a": deep}

    assert taken(row(attributes=deep) + row(sku="OK"), "a.jsonl") == (
        1,
        [(1, "attributes", "too_deep")],
    )


def test_a_sku_is_taken_once_and_the_other_line_is_named() -> None:
    assert taken(HEAD + GOOD + GOOD, "a.csv") == (1, [(3, "sku", "duplicate_sku")])


def test_a_category_inside_itself_is_a_path_like_any_other() -> None:
    created, flaws = taken(row(category_path=["Home", "Home", "Home"]), "a.jsonl")

    assert (created, flaws) == (1, [])
    assert list(Category.objects.order_by("path").values_list("depth", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "../../../etc/passwd",
        "'; DROP TABLE catalog_product; --",
        "{{7*7}} ${7*7} %s %n",
        "a\r\nSet-Cookie: x=1",
        "Ａ\u0301" * 50,
    ],
    ids=brief,
)
def test_text_that_only_other_programs_would_run_is_text(text: str) -> None:
    assert taken(row(name=text), "a.jsonl") == (1, [])

    assert Product.objects.get().slug == Product.objects.get().slug.strip("-./")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", HEAD + b"A," + b"x" * (10 * MEGABYTE) + b",1,USD\n" + GOOD),
        ("a.jsonl", b"".join(b"[" + b"{}," * 300_000 + b"{}]\n" for _ in range(10))),
        ("a.jsonl", b"".join(row(sku=str(n), x=["x"] * 150_000) for n in range(10))),
        ("a.csv.gz", gzip.compress(HEAD + b"x" * (300 * MEGABYTE), 1)),
    ],
    ids=["a cell of ten megabytes", "lists of objects", "members by the thousand", "a bomb"],
)
def test_memory_stays_bounded(name: str, content: bytes) -> None:
    tracemalloc.start()
    try:
        taken(content, name)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < MOST_MEMORY


def test_a_bomb_of_many_lines_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_UNPACKED_BYTES", 2 * MEGABYTE)
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join([packer.compress(HEAD), *(packer.compress(b"\n" * MEGABYTE) for _ in range(9))])

    with pytest.raises(UnreadableSource, match="holds more than"):
        taken(bomb + packer.flush(), "a.csv.gz")
