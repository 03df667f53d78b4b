"""Opening a catalogue file and reading it line by line, whatever its length."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from ecommerce_backend.common.errors import DomainError

# A row with the longest description and attributes takes less, in whatever script.
MAX_LINE_BYTES = 1024 * 1024
# A packed file of ten megabytes can hold ten thousand; a million rows take less than this.
MAX_UNPACKED_BYTES = 2 * 1024**3
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0",
    b"7z\xbc\xaf",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
    b"%PDF",
)
_GZIP_MAGIC = b"\x1f\x8b"
_SUFFIXES = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}


class UnreadableSource(DomainError):
    code = "import_unreadable"
    message = "The file cannot be read as a catalogue."
    http_status = 422


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


@dataclass
class Source:
    """An opened file: `lines` reads it unpacked, `position` says how far into the packed one."""

    name: str
    format: Format
    packed: BinaryIO
    unpacked: io.BufferedIOBase
    size: int | None = None  # in bytes; None for a pipe
    ignored_columns: set[str] = field(default_factory=set)
    unpacked_bytes: int = 0  # read so far

    def lines(self) -> Iterator[bytes]:
        """Yield physical lines with their endings, each cut at MAX_LINE_BYTES.

        Raises UnreadableSource where the file breaks off, or unpacks to more than two gigabytes.
        """
        number = 0
        try:
            while line := self._readline():
                number += 1
                yield line
                while is_cut(line):
                    line = self._readline()
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableSource(
                f"{self.name} breaks off after line {number}: {error}"
            ) from error
        if not number:
            raise UnreadableSource(f"{self.name} is empty.")

    def _readline(self) -> bytes:
        line = self.unpacked.readline(MAX_LINE_BYTES)
        self.unpacked_bytes += len(line)
        if self.unpacked_bytes > MAX_UNPACKED_BYTES:
            raise UnreadableSource(
                f"{self.name} holds more than {MAX_UNPACKED_BYTES // 1024**3} GB."
            )
        return line

    def position(self) -> int:
        """Return how many bytes of the file have been read, of `size`."""
        return self.packed.tell() if self.size else 0


def is_cut(line: bytes) -> bool:
    """Tell whether this is only the beginning of a line that is too long."""
    return len(line) == MAX_LINE_BYTES and not line.endswith(b"\n")


@contextmanager
def open_source(path: Path, *, format_: Format | None = None) -> Iterator[Source]:
    """Open a file of the disk; without `format_` its name says what it is.

    Raises UnreadableSource.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise UnreadableSource(f"{path} cannot be opened: {error.strerror}.") from error
    with stream:
        size = os.fstat(stream.fileno()).st_size if stream.seekable() else None
        yield source_of(stream, name=path.name, format_=format_, size=size)


def source_of(
    stream: io.BufferedReader, *, name: str, format_: Format | None = None, size: int | None = None
) -> Source:
    """Return a stream, gzipped or not, as something to import.

    Raises UnreadableSource when neither `format_` nor the name says how to read it.
    """
    beginning = stream.peek(8)[:8]
    if beginning.startswith(_ARCHIVES):
        raise UnreadableSource(
            f"{name} is an archive, a spreadsheet or a document: save it as CSV in UTF-8."
        )
    is_packed = name.lower().endswith(".gz") or beginning[:2] == _GZIP_MAGIC
    return Source(
        name=name,
        format=format_ or _format_named(name),
        packed=stream,
        unpacked=gzip.GzipFile(fileobj=stream) if is_packed else stream,
        size=size,
    )


def _format_named(name: str) -> Format:
    suffix = Path(name.lower().removesuffix(".gz")).suffix
    if suffix not in _SUFFIXES:
        raise UnreadableSource(
            f"The name {name} does not say what it is: expected .csv, .jsonl or .ndjson, with or"
            " without .gz. Name the format as csv or jsonl."
        )
    return Format(_SUFFIXES[suffix])
