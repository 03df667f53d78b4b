"""Small catalogue files, and the command run on them."""

import csv
import json
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management import CommandError, call_command

LAMP = {"sku": "LAMP-1", "name": "Desk lamp", "price": "19.99", "currency": "USD"}


class Ended(NamedTuple):
    """How the command ended, and what it printed."""

    code: int
    text: str

    @property
    def counts(self) -> tuple[int, ...]:
        """How many rows were created, updated, unchanged and refused."""
        words = self.text.split()
        labels = ("created", "updated", "unchanged", "refused")
        return tuple(int(words[words.index(label) + 1].replace(",", "")) for label in labels)


def csv_file(folder: Path, *rows: Mapping[str, str], name: str = "products.csv") -> Path:
    """Write rows as CSV; the columns are those of the first row."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def jsonl_file(folder: Path, *rows: Any, name: str = "products.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def text_file(folder: Path, content: str | bytes, name: str = "products.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def run(path: Path, *options: str) -> Ended:
    """Run the command as a shell would see it."""
    out = StringIO()
    try:
        call_command("import_catalog", str(path), *options, stdout=out, stderr=StringIO())
    except CommandError as error:
        return Ended(error.returncode, str(error))
    except SystemExit as ending:
        return Ended(int(ending.code or 0), out.getvalue())
    return Ended(0, out.getvalue())


def faults(path: Path, *options: str) -> list[tuple[str, str, str]]:
    """Import, and return the line, column and code of each thing that was wrong."""
    report = path.with_suffix(".errors")
    run(path, "--errors", str(report), *options)
    with report.open(encoding="utf-8", newline="") as stream:
        return [(row["line"], row["column"], row["code"]) for row in csv.DictReader(stream)]
