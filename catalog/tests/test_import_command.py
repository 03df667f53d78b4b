"""What people see of an import, and how it ends."""

import os
import pty
import select
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from catalog.models import Product
from catalog.services.imports import running
from catalog.services.imports.seen import SeenSkus
from catalog.services.imports.writing import write_rows
from catalog.tests.import_files import LAMP, csv_file, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_connection() -> Iterator[psycopg.Connection]:
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{name: parameters[name] for name in names}) as other:
        yield other


def test_a_summary_is_shown_at_the_end(tmp_path: Path) -> None:
    rows = [LAMP, LAMP | {"sku": "B", "price": "cheap"}, LAMP | {"sku": "C", "name": "[red]x"}]

    ended = run(csv_file(tmp_path, *rows))

    lines = [line.rstrip() for line in ended.text.splitlines()]
    assert ended.counts == (2, 0, 0, 1)
    assert lines[1] == "products.csv  Imported."
    assert [line.split()[0] for line in lines[3:9]] == [
        *("created", "updated", "unchanged", "refused", "seconds", "rows/s")
    ]
    assert lines[10].split() == ["line", "column", "value", "reason"]
    assert lines[11].split(maxsplit=3) == [
        *("3", "price", "cheap", "is not a plain decimal number such as 1299.90")
    ]


def test_only_the_first_refusals_are_shown(tmp_path: Path) -> None:
    rows = [LAMP | {"sku": f"S{n}", "price": ""} for n in range(25)]

    ended = run(csv_file(tmp_path, *rows))

    assert ended.code == 1
    assert ended.text.count("is missing") == 20
    assert "… and 5 more rows; --errors FILE writes them all" in ended.text


def test_refusals_cannot_play_with_the_terminal(tmp_path: Path) -> None:
    ended = run(csv_file(tmp_path, LAMP | {"price": "\x1b[31m[bold]"}))

    assert "\x1b" not in ended.text
    assert "\\x1b[31m[bold]" in ended.text


def test_the_report_holds_every_reason(tmp_path: Path) -> None:
    report = tmp_path / "errors.csv"
    rows = [LAMP | {"price": "=cmd()"}, LAMP | {"sku": "B", "name": "-" * 300}]

    run(csv_file(tmp_path, *rows), "--errors", str(report))

    assert report.read_bytes().decode().split("\r\n") == [
        "line,column,value,code,reason",
        "2,price,'=cmd(),not_a_price,is not a plain decimal number such as 1299.90",
        f'3,name,\'{"-" * 80}…,too_long,"has 300 characters, 255 at most"',
        "",
    ]


def test_the_report_of_a_good_file_is_empty(tmp_path: Path) -> None:
    report = tmp_path / "errors.csv"

    assert run(csv_file(tmp_path, LAMP), "--errors", str(report)).code == 0
    assert report.read_text() == "line,column,value,code,reason\n"


def test_a_report_that_cannot_be_written_stops_the_import_before_it_begins(tmp_path: Path) -> None:
    path = csv_file(tmp_path, LAMP)
    before = path.read_bytes()

    nowhere = run(path, "--errors", str(tmp_path / "missing" / "errors.csv"))
    itself = run(path, "--errors", str(path))

    assert (nowhere.code, itself.code) == (2, 2)
    assert itself.text == "--errors would overwrite the file to import."
    assert path.read_bytes() == before
    assert not Product.objects.exists()


@pytest.mark.parametrize("units", ["-1", "many", "１", "2147483648"])
def test_opening_stock_is_a_whole_number(tmp_path: Path, units: str) -> None:
    with pytest.raises(CommandError, match="must be a whole number from 0"):
        call_command("import_catalog", str(csv_file(tmp_path, LAMP)), f"--on-hand={units}")


def test_two_imports_do_not_run_at_once(
    tmp_path: Path, other_connection: psycopg.Connection
) -> None:
    lock = [running._IMPORT_LOCK]  # noqa: SLF001 - another import is only its lock
    other_connection.execute("SELECT pg_advisory_lock(%s)", lock)
    path = csv_file(tmp_path, LAMP)

    refused = run(path)
    other_connection.execute("SELECT pg_advisory_unlock(%s)", lock)

    assert refused.code == 2
    assert refused.text.startswith("Another import is running. Wait until it has ended.")
    assert run(path).code == 0


def test_it_is_the_lock_that_keeps_the_second_import_out(
    tmp_path: Path, other_connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = [running._IMPORT_LOCK]  # noqa: SLF001 - another import is only its lock
    other_connection.execute("SELECT pg_advisory_lock(%s)", lock)
    monkeypatch.setattr(running, "_alone", nullcontext)

    assert run(csv_file(tmp_path, LAMP)).code == 0


def test_an_import_that_fails_lets_the_next_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv_file(tmp_path, *(LAMP | {"sku": f"S{n}"} for n in range(3)))
    monkeypatch.setattr(running, "BATCH_ROWS", 2)
    _fail_in_second_batch(monkeypatch, OperationalError("server closed the connection"))

    ended = run(path)
    monkeypatch.undo()

    assert ended.code == 2
    assert ended.text == (
        "The database gave up: server closed the connection. Everything up to line 3 is in:"
        " 2 created, 0 updated, 0 unchanged, 0 refused."
        " Run it again to go on; what is in stays as it is."
    )
    assert run(path).code == 0


def test_an_interrupted_import_says_how_far_it_got(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 2)
    _fail_in_second_batch(monkeypatch, KeyboardInterrupt())

    ended = run(csv_file(tmp_path, *(LAMP | {"sku": f"S{n}"} for n in range(5))))

    assert ended.code == 130
    assert ended.text.startswith("Stopped. Everything up to line 3 is in: 2 created")
    assert Product.objects.count() == 2


def test_a_bar_is_drawn_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal, os.fdopen(ours, "rb", buffering=0) as screen:
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(sys, "stderr", terminal)
        run(csv_file(tmp_path, LAMP))
        drawn = ""
        while "1 rows" not in drawn and select.select([screen], [], [], 5)[0]:
            drawn += screen.read(65536).decode()

    assert "products.csv" in drawn
    assert "100%" in drawn
    assert "1 rows" in drawn


def test_every_sku_of_a_long_file_is_remembered() -> None:
    seen = SeenSkus()

    assert all(seen.remember(f"SKU-{n}", n + 1) is None for n in range(5000))
    assert all(seen.remember(f"SKU-{n}", 9999) == n + 1 for n in range(5000))


def _fail_in_second_batch(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    batches = iter([None, error])

    def fail(*args: object, **options: object) -> object:
        if failure := next(batches):
            raise failure
        return write_rows(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "write_rows", fail)
