"""What `manage.py import_catalog` shows: a bar while it runs, a summary at the end."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from catalog.services.imports import ImportSummary, Refusal, Source
from catalog.services.imports.refusals import excerpt

SHOWN_REFUSALS = 20
_PLAIN_WIDTH = 100


class ImportScreen:
    """Hears what an import does and tells people about it."""

    def __init__(self, stdout: OutputWrapper, *, has_colour: bool) -> None:
        self._console = Console(
            file=cast("IO[str]", stdout),
            width=None if stdout.isatty() else _PLAIN_WIDTH,
            no_color=not has_colour,
            highlight=False,
        )
        self._refusals: list[Refusal] = []
        self._latest: ImportSummary | None = None

    def note(self, refused: Refusal) -> None:
        if len(self._refusals) < SHOWN_REFUSALS:
            self._refusals.append(refused)

    @contextmanager
    def progress(self, source: Source) -> Iterator[Callable[[ImportSummary], None]]:
        """Give a function to call after every batch; draw a bar if someone is looking."""
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[counts]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True, highlight=False),
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        with bar:
            task = bar.add_task(excerpt(source.name), total=source.size, counts="")

            def update(summary: ImportSummary) -> None:
                self._latest = summary
                bar.update(task, completed=summary.bytes_read, counts=_counts(summary))

            yield update

    def so_far(self) -> str:
        """Say what is in after an import that did not reach its end."""
        latest = self._latest
        if latest is None or latest.is_dry_run:
            return "Nothing was written."
        return (
            f"Everything up to line {latest.last_line:,} is in: {latest.created:,} created,"
            f" {latest.updated:,} updated, {latest.unchanged:,} unchanged,"
            f" {latest.refused:,} refused. Run it again to go on; what is in stays as it is."
        )

    def show(self, summary: ImportSummary, *, source: Source, report: Path | None) -> None:
        title = "Dry run: nothing was written." if summary.is_dry_run else "Imported."
        self._console.print()
        self._console.print(Text.assemble((excerpt(source.name), "bold"), "  ", title))
        self._console.print(Padding(_totals(summary), (1, 2), expand=False))
        if summary.ignored_columns:
            names = ", ".join(map(excerpt, summary.ignored_columns))
            self._console.print(Text(f"Ignored columns: {names}", style="yellow"))
        if self._refusals:
            self._show_refusals(summary, report)

    def _show_refusals(self, summary: ImportSummary, report: Path | None) -> None:
        self._console.print(_refusal_table(self._refusals))
        hidden = summary.refused - len(self._refusals)
        if report is not None:
            self._console.print(Text(f"Every reason is in {report}"))
        elif hidden:
            self._console.print(Text(f"… and {hidden:,} more rows; --errors FILE writes them all"))


def _counts(summary: ImportSummary) -> str:
    refused = f" · {summary.refused:,} refused" if summary.refused else ""
    return f"{summary.rows:,} rows · {summary.rows_per_second:,.0f}/s{refused}"


def _totals(summary: ImportSummary) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    for label, count, style in (
        ("created", summary.created, "green"),
        ("updated", summary.updated, "cyan"),
        ("unchanged", summary.unchanged, ""),
        ("refused", summary.refused, "red"),
    ):
        table.add_row(label, Text(f"{count:,}", style=style if count else "dim"))
    table.add_row("seconds", f"{summary.seconds:,.1f}", style="dim")
    table.add_row("rows/s", f"{summary.rows_per_second:,.0f}", style="dim")
    return table


def _refusal_table(refusals: list[Refusal]) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("line", justify="right", no_wrap=True)
    table.add_column("column", no_wrap=True)
    table.add_column("value", no_wrap=True, overflow="ellipsis", max_width=30, style="dim")
    table.add_column("reason", overflow="fold")
    for refused in refusals:
        for flaw in refused.flaws:
            # Text, because a value may hold what rich would take for its markup.
            cells = (str(refused.line), flaw.column or "–", flaw.value, flaw.reason)
            table.add_row(*map(Text, cells))
    return table
