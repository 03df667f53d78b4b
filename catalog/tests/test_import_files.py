"""What files the import reads, and which it does not."""

import gzip
import json
from pathlib import Path

import pytest

from catalog.models import Product
from catalog.tests.import_files import LAMP, csv_file, jsonl_file, run, text_file

pytestmark = pytest.mark.django_db

HEADER = "sku,name,price,currency\n"
ROW = "LAMP-1,Desk lamp,19.99,USD\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", (HEADER + ROW).encode()),
        ("a.CSV", (HEADER + ROW).encode("utf-8-sig")),
        ("a.csv", (HEADER + ROW).replace("\n", "\r\n").encode()),
        ("a.csv", b"\n" + (HEADER + ROW).rstrip().encode()),
        ("a.csv", b' SKU ,"Name",Price,CURRENCY\n' + ROW.encode()),
        ("a.csv.gz", gzip.compress((HEADER + ROW).encode(), mtime=0)),
        ("a.csv", gzip.compress((HEADER + ROW).encode(), mtime=0)),
        ("a.jsonl", json.dumps(LAMP).encode()),
        ("a.ndjson", json.dumps(LAMP).encode("utf-8-sig") + b"\r\n"),
        ("a.ndjson.gz", gzip.compress(json.dumps(LAMP).encode(), mtime=0)),
    ],
)
def test_files_of_every_kind_go_in(tmp_path: Path, name: str, content: bytes) -> None:
    assert run(text_file(tmp_path, content, name)).code == 0
    assert Product.objects.get().name == "Desk lamp"


def test_the_format_can_be_said(tmp_path: Path) -> None:
    path = text_file(tmp_path, HEADER + ROW, "export.txt")

    assert run(path, "--format", "csv").code == 0
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv is empty."),
        ("a.jsonl", b"", "a.jsonl is empty."),
        ("a.csv", b"\n\n", "a.csv has no column sku, name, price, currency."),
        ("a.csv", b"sku,name\nA,Lamp\n", "a.csv has no column price, currency."),
        ("a.csv", (HEADER + ROW).replace(",", ";").encode(), "a.csv has no column sku"),
        ("a.csv", b"sku,sku,name,price,currency\n", "a.csv has the column sku twice."),
        ("a.csv", (HEADER + ROW).encode("utf-16"), "The file is not UTF-8 text."),
        ("a.csv", (HEADER + ROW).encode("utf-16-le"), "The file is not UTF-8 text."),
        ("a.jsonl", json.dumps(LAMP).encode("utf-16"), "The file is not UTF-8 text."),
        ("a.csv", b"sku,name,price,currency,caf\xe9\n", "The header of a.csv is not CSV in UTF-8."),
        ("a.csv", b'sku,"name', "The header of a.csv is not CSV in UTF-8."),
        ("a.csv", (HEADER + ROW).replace("\n", "\r").encode(), "The header of a.csv is not CSV"),
        ("a.csv.gz", b"plain text", "a.csv.gz breaks off after line 0"),
        ("a.txt", (HEADER + ROW).encode(), "The name a.txt does not say what it is"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_so(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    ended = run(text_file(tmp_path, content, name))

    assert ended.code == 2
    assert ended.text.startswith(message)
    assert ended.text.endswith("Nothing was written.")
    assert not Product.objects.exists()


def test_a_file_that_is_not_there_or_a_folder_is_said_so(tmp_path: Path) -> None:
    folder = tmp_path / "folder.csv"
    folder.mkdir()

    missing = run(tmp_path / "missing.csv")

    assert missing.code == 2
    assert "missing.csv cannot be opened: No such file or directory." in missing.text
    assert run(folder).code == 2
    assert "Is a directory" in run(folder).text


def test_what_came_before_the_file_breaks_off_is_in(tmp_path: Path) -> None:
    noise = [json.dumps(LAMP | {"sku": f"S{n}", "brand": str(n * n)}) for n in range(3000)]
    packed = gzip.compress("\n".join(noise).encode())
    path = text_file(tmp_path, packed[: len(packed) // 2], "a.jsonl.gz")

    ended = run(path)

    assert ended.code == 2
    assert "breaks off after line" in ended.text
    assert f"Everything up to line {Product.objects.count():,} is in" in ended.text
    assert Product.objects.count() % 500 == 0
    assert Product.objects.exists()


def test_a_header_without_rows_is_an_import_of_nothing(tmp_path: Path) -> None:
    assert run(text_file(tmp_path, HEADER)).code == 0


def test_columns_nobody_knows_are_named(tmp_path: Path) -> None:
    for path in (
        csv_file(tmp_path, LAMP | {"colour": "red", "descripton": "x"}),
        jsonl_file(tmp_path, LAMP | {"colour": "red", "descripton": ["x"]}),
    ):
        ended = run(path)

        assert ended.code == 0
        assert "Ignored columns: colour, descripton" in ended.text
