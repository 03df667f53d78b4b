"""Files that staff send: kept in the database in pieces, until a worker has taken them in."""

import io
from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from catalog.models import CatalogImport, ImportPart
from catalog.services.imports.running import new_reference
from catalog.services.imports.sources import Format, Source, source_of
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work
from users.models import User

PART_BYTES = 512 * 1024


class ImportTooLarge(DomainError):
    code = "import_too_large"
    message = "The file is too large."
    http_status = 422
    advice = "Pack it with gzip, or send it in several files one after the other."


def start_import(  # noqa: PLR0913 - what staff choose
    *,
    upload: IO[bytes],
    name: str,
    size: int,
    format_: Format | None = None,
    mode: str = CatalogImport.Mode.ROW_BY_ROW,
    is_dry_run: bool = False,
    opening_stock: int = 0,
    actor: User | None = None,
) -> CatalogImport:
    """Keep a file and have a worker import it, after those that were sent before.

    `size` is in bytes. Raises ImportTooLarge, and UnreadableSource for what is no catalogue at
    first sight.
    """
    if size > settings.IMPORT_MAX_BYTES:
        raise ImportTooLarge(
            f"The file is larger than {settings.IMPORT_MAX_BYTES // 1024**2} MB; pack it with gzip."
        )
    source = source_of(io.BufferedReader(_Whole(upload)), name=name, format_=format_)
    upload.seek(0)
    return _keep(
        upload,
        CatalogImport(
            reference=new_reference(),
            file_name=name,
            format=source.format,
            size=size,
            mode=mode,
            is_dry_run=is_dry_run,
            opening_stock=opening_stock,
            actor=actor,
        ),
    )


@unit_of_work
def _keep(upload: IO[bytes], kept: CatalogImport) -> CatalogImport:
    upload.seek(0)
    kept.pk = None
    kept.save(force_insert=True)
    pieces = iter(lambda: upload.read(PART_BYTES), b"")
    for number, piece in enumerate(pieces):
        ImportPart.objects.create(source=kept, number=number, content=piece)
    run_later(kept)
    return kept


def run_later(kept: CatalogImport) -> None:
    """Have a worker take a kept file in, once the transaction is through."""
    # Jobs of one lock run one after the other, in the order in which they were asked for.
    app.configure_task("catalog.run_import", lock="catalog.import").defer(import_id=kept.pk)


def opened(kept: CatalogImport) -> Source:
    """Return the file to be read from its beginning.

    Raises UnreadableSource.
    """
    return source_of(
        io.BufferedReader(_Kept(kept.pk), PART_BYTES),
        name=kept.file_name,
        format_=Format(kept.format),
        size=kept.size,
    )


class _Whole(io.RawIOBase):
    """An upload as the raw stream that a BufferedReader wants."""

    def __init__(self, upload: IO[bytes]) -> None:
        self._upload = upload

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        piece = self._upload.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


class _Kept(io.RawIOBase):
    """The pieces of a file, one in memory at a time."""

    def __init__(self, import_id: int) -> None:
        self._pieces = _pieces(import_id)
        self._rest = memoryview(b"")
        self._position = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        piece = self._rest[: len(buffer)]
        buffer[: len(piece)] = piece
        self._rest = self._rest[len(piece) :]
        self._position += len(piece)
        return len(piece)


def _pieces(import_id: int) -> Iterator[bytes]:
    number = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT content FROM catalog_importpart WHERE source_id = %s AND number = %s",
                [import_id, number],
            )
            row = cursor.fetchone()
        if row is None:
            return
        yield bytes(row[0])
        number += 1
