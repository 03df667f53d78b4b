"""From lines to records: column → value, not yet validated."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from catalog.models.products import MEASURES
from catalog.services.imports import strict_json
from catalog.services.imports.formulas import restored
from catalog.services.imports.refusals import Refusal, excerpt, refusal
from catalog.services.imports.sources import Format, Source, UnreadableSource
from catalog.services.imports.sources import is_cut as ends_early

REQUIRED = ("sku", "name", "price", "currency")
COLUMNS = (
    *REQUIRED,
    *("upc", "description", "brand", "category_path", "image_url", "attributes", "on_hand"),
    *MEASURES,
)
MAX_IGNORED = 20
MAX_COLUMNS = 200
_BOM = b"\xef\xbb\xbf"
_TOO_LONG = "is longer than 1 MiB"


@dataclass(frozen=True, slots=True)
class Record:
    """What a file says about one product. `line` is where it starts, counted from 1."""

    line: int
    values: dict[str, Any]


def records(source: Source) -> Iterator[Record | Refusal]:
    """Yield the rows of a file in its order; a row that cannot be taken apart is refused.

    Raises UnreadableSource.
    """
    return _of_csv(source) if source.format is Format.CSV else _of_jsonl(source)


def _of_csv(source: Source) -> Iterator[Record | Refusal]:
    lines = _CsvLines(source)
    # Strict, so that a quote that is never closed is an error and not the rest of the file.
    reader = csv.reader(lines, strict=True)
    header = _header(reader, source)
    if lines.has_cut:
        raise UnreadableSource(f"The header of {source.name} {_TOO_LONG}.")
    while True:
        line = reader.line_num + 1
        lines.has_cut = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken(line, reader.line_num, error, is_cut=lines.has_cut)
            continue
        if lines.has_cut:
            yield refusal(line, "line_too_long", _TOO_LONG)
        elif len(cells) == len(header):
            yield Record(line, dict(zip(header, map(restored, cells), strict=True)))
        elif cells:
            reason = f"has {len(cells)} fields where the header has {len(header)}"
            yield refusal(line, "wrong_field_count", reason)


class _CsvLines:
    """Lines as text. What is not UTF-8 becomes surrogates, which validation refuses in place."""

    def __init__(self, source: Source) -> None:
        self._lines = source.lines()
        self._name = source.name
        self._is_first = True
        self.has_cut = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.has_cut = self.has_cut or ends_early(line)
        if self._is_first:
            line = _without_bom(line)
            if b"\r" in line.rstrip(b"\r\n"):
                raise UnreadableSource(
                    f"The header of {self._name} is not CSV by itself: lines end in a carriage"
                    " return alone. Save the file with line feeds."
                )
            self._is_first = False
        return line.decode(errors="surrogateescape")


def _header(reader: Iterator[list[str]], source: Source) -> Sequence[str]:
    try:
        cells: list[str] = next((cells for cells in reader if cells), [])
        "".join(cells).encode()
    except (csv.Error, UnicodeEncodeError) as error:
        raise UnreadableSource(f"The header of {source.name} is not CSV in UTF-8.") from error
    header = [cell.strip().casefold() for cell in cells]
    if len(header) > MAX_COLUMNS:
        raise UnreadableSource(f"{source.name} has {len(header):,} columns, {MAX_COLUMNS} at most.")
    if missing := [column for column in REQUIRED if column not in header]:
        raise UnreadableSource(
            f"{source.name} has no column {', '.join(missing)}."
            " The first line must name the columns, separated by commas."
        )
    if twice := sorted({name for name in header if name in COLUMNS and header.count(name) > 1}):
        raise UnreadableSource(f"{source.name} has the column {', '.join(twice)} twice.")
    _ignore(source, header)
    return header


def _broken(first: int, last: int, error: csv.Error, *, is_cut: bool) -> Refusal:
    if is_cut:
        return refusal(first, "line_too_long", _TOO_LONG)
    extent = f" (read up to line {last})" if last > first else ""
    return refusal(first, "broken_quoting", f"is not CSV: {error}{extent}")


def _of_jsonl(source: Source) -> Iterator[Record | Refusal]:
    for number, line in enumerate(source.lines(), 1):
        raw = _without_bom(line) if number == 1 else line
        if ends_early(line):
            yield refusal(number, "line_too_long", _TOO_LONG)
        elif raw.strip():
            yield _json_record(number, raw, source)


def _json_record(number: int, raw: bytes, source: Source) -> Record | Refusal:
    try:
        values = strict_json.parse(raw.decode().strip())
    except UnicodeDecodeError:
        return refusal(number, "not_unicode", "has bytes that are not UTF-8")
    except json.JSONDecodeError as error:
        return refusal(number, "not_json", f"is not JSON: {error.msg} at character {error.pos + 1}")
    except ValueError as error:
        return refusal(number, "not_json", f"is not strict JSON: {error}")
    if not isinstance(values, dict):
        return refusal(number, "not_an_object", "is JSON but not an object")
    _ignore(source, values)
    return Record(number, values)


def _without_bom(first_line: bytes) -> bytes:
    if first_line.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in first_line:
        raise UnreadableSource("The file is not UTF-8 text.")
    return first_line.removeprefix(_BOM)


def _ignore(source: Source, columns: "Sequence[str] | dict[str, Any]") -> None:
    if len(source.ignored_columns) < MAX_IGNORED:
        unknown = (excerpt(name) for name in columns if name not in COLUMNS)
        source.ignored_columns.update(islice(unknown, MAX_IGNORED))
