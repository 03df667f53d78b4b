"""`manage.py import_catalog FILE`: docs/importing.md says what it takes and how it ends."""

import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from catalog.management.import_screen import ImportScreen
from catalog.services.imports import (
    ErrorReport,
    Format,
    ImportRunning,
    ImportSummary,
    Listener,
    Refusal,
    Source,
    UnreadableSource,
    import_catalog,
    open_source,
)
from catalog.services.imports.fields import MAX_UNITS

REFUSED = 1
NOT_DONE = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class Command(BaseCommand):
    help = "Import products from a CSV or JSONL file; what is there already is updated by SKU."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=".csv, .jsonl or .ndjson, gzipped or not")
        parser.add_argument(
            "--format",
            choices=[format_.value for format_ in Format],
            help="what FILE is, when its name does not say",
        )
        parser.add_argument(
            "--on-hand",
            type=_units,
            default=0,
            metavar="N",
            help="opening stock of new SKUs, in units, where the file has no on_hand (default 0)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen and write nothing"
        )
        parser.add_argument(
            "--errors", type=Path, metavar="FILE", help="write refused rows to this CSV file"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        screen = ImportScreen(self.stdout, has_colour=not options["no_color"])
        try:
            summary = _import(screen, options)
        except (UnreadableSource, ImportRunning) as error:
            raise CommandError(f"{error} {screen.so_far()}", returncode=NOT_DONE) from error
        except DatabaseError as error:
            message = f"The database gave up: {str(error).strip()}. {screen.so_far()}"
            raise CommandError(message, returncode=NOT_DONE) from error
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. {screen.so_far()}", returncode=INTERRUPTED) from None
        if summary.refused:
            sys.exit(REFUSED)


def _import(screen: ImportScreen, options: dict[str, Any]) -> ImportSummary:
    format_ = Format(options["format"]) if options["format"] else None
    with (
        open_source(options["file"], format_=format_) as source,
        _error_report(options["errors"], options["file"]) as report,
    ):
        summary = _run(source, screen, report, options)
        screen.show(summary, source=source, report=options["errors"])
    return summary


def _run(
    source: Source, screen: ImportScreen, report: ErrorReport | None, options: dict[str, Any]
) -> ImportSummary:
    def refuse(refused: Refusal) -> None:
        screen.note(refused)
        if report is not None:
            report.add(refused)

    with screen.progress(source) as on_progress:
        return import_catalog(
            source=source,
            opening_stock=options["on_hand"],
            is_dry_run=options["dry_run"],
            listener=Listener(refusal=refuse, progress=on_progress),
        )


@contextmanager
def _error_report(path: Path | None, source: Path) -> Iterator[ErrorReport | None]:
    if path is None:
        yield None
        return
    if path.exists() and path.samefile(source):
        raise CommandError("--errors would overwrite the file to import.", returncode=NOT_DONE)
    try:
        stream = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}."
        raise CommandError(message, returncode=NOT_DONE) from error
    with stream:
        yield ErrorReport(stream)


def _units(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= MAX_UNITS):
        raise ArgumentTypeError(f"must be a whole number from 0 to {MAX_UNITS:,}")
    return int(text)
