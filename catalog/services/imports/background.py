"""An import that a worker runs: it can be killed at any moment and begun again."""

from contextlib import nullcontext, suppress
from typing import Any

from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone

from catalog.models import CatalogImport, ImportFlaw
from catalog.services.imports.giving_up import give_up
from catalog.services.imports.planning import Changes, Plan
from catalog.services.imports.refusals import Refusal
from catalog.services.imports.rows import Row
from catalog.services.imports.running import ImportRunning, Listener, import_catalog
from catalog.services.imports.sources import UnreadableSource
from catalog.services.imports.summaries import ImportSummary
from catalog.services.imports.uploads import opened

PREVIEW_ROWS = 100
VALUE_LENGTH = 200  # characters of a value in the preview
MOST_FLAWS = 100_000  # kept of one import; all are counted

Status = CatalogImport.Status
# What the columns of the shop are called in the file.
_NAMES = {
    "amount": "price",
    "barcode": "upc",
    "brand_id": "brand",
    "category_id": "category_path",
    "source_image_url": "image_url",
}
_HIDDEN = {"search_text", "line", "sku"}


class _Refused(Exception):
    """Undoes an import of all or nothing of which a row was refused."""


def run_import(*, import_id: int) -> None:
    """Take a kept file in, going on where a worker that was killed left it.

    Row by row, each batch is one transaction with the note of how far it is. All or nothing, the
    file is first checked as a dry run, then goes in as one transaction. Raises ImportRunning while
    another import is under way, for the job to be tried again.
    """
    kept = CatalogImport.objects.get(pk=import_id)
    if kept.is_over:
        return
    run = _Run(kept)
    try:
        run.to_its_end()
    except UnreadableSource as error:
        run.end(Status.FAILED, problem=str(error))
    except _Refused:
        run.end(Status.FAILED, problem="Some rows were refused, so nothing was taken.")
    except ImportRunning as error:
        run.note_problem(str(error))
        raise  # the job is tried again
    except OperationalError as error:
        run.note_problem(f"The database gave up: {str(error).splitlines()[0]}")
        raise
    except Exception:
        # As it is stored: what the batch that failed had noted here was undone with it.
        problem = "The shop made a mistake; its log names the import."
        give_up(CatalogImport.objects.get(pk=import_id), problem=problem)
        raise


class _Run:
    def __init__(self, kept: CatalogImport) -> None:
        self._kept = kept
        self._flaws: list[ImportFlaw] = []
        self._has_shown = False

    def to_its_end(self) -> None:
        kept = self._kept
        if kept.is_dry_run:
            self._begin_anew()
            self._import(is_dry_run=True)
        elif kept.mode == CatalogImport.Mode.ALL_OR_NOTHING:
            self._begin_anew()
            self._all_or_nothing()
        else:
            self._begin()
            self._import(is_dry_run=False, after=_so_far(kept))
        self.end(Status.SUCCEEDED)

    def _all_or_nothing(self) -> None:
        kept = self._kept
        if self._import(is_dry_run=True).refused:
            raise _Refused
        with transaction.atomic():
            kept.preview = []
            self._import(is_dry_run=False, refusal=self._undo, around_batch=nullcontext)

    def _import(
        self, *, is_dry_run: bool, after: ImportSummary | None = None, **hears: Any
    ) -> ImportSummary:
        kept = self._kept
        usual = {"refusal": self._refuse, "progress": self._note, "plan": self._show}
        summary = import_catalog(
            source=opened(kept),
            opening_stock=kept.opening_stock,
            is_dry_run=is_dry_run,
            actor=kept.actor,
            reference=kept.reference,
            after=after,
            listener=Listener(**{**usual, "around_batch": transaction.atomic, **hears}),
        )
        self._note(summary)
        return summary

    def _undo(self, refused: Refusal) -> None:
        """Give up what the database alone refuses; a dry run does not see that."""
        self._refuse(refused)
        self._kept.refused = 1
        raise _Refused

    def _begin(self) -> None:
        self._kept.status = Status.RUNNING
        self._kept.started_at = self._kept.started_at or timezone.now()
        self._kept.save(update_fields=["status", "started_at", "updated_at"])

    def note_problem(self, problem: str) -> None:
        """Let staff see why a try broke off, if the database is there for that at least."""
        with suppress(DatabaseError):
            CatalogImport.objects.filter(pk=self._kept.pk).update(problem=problem[:500])

    def _begin_anew(self) -> None:
        """Forget what a run that was killed had noted: it has written nothing."""
        with transaction.atomic():
            self._kept.flaws.all().delete()
            self._kept.preview = []
            self._note(None)
            self._begin()

    def _refuse(self, refused: Refusal) -> None:
        if self._kept.refused + len(self._flaws) < MOST_FLAWS:
            self._flaws += [
                ImportFlaw(
                    source=self._kept,
                    line=refused.line,
                    column=flaw.column[:255],
                    value=flaw.value[:1000],
                    code=flaw.code,
                    reason=flaw.reason[:500],
                )
                for flaw in refused.flaws
            ]

    def _show(self, plan: Plan) -> None:
        room = PREVIEW_ROWS - len(self._kept.preview)
        if room > 0:
            created = [_created(row) for row in plan.new[:room]]
            updated = [_updated(row, changes) for row, changes in plan.changes[:room]]
            found = sorted([*created, *updated], key=lambda change: change["line"])
            self._kept.preview += found[:room]
            self._has_shown = self._has_shown or bool(found)

    def _note(self, summary: ImportSummary | None) -> None:
        """Write down how far it is; None: nowhere."""
        kept = self._kept
        kept.created = summary.created if summary else 0
        kept.updated = summary.updated if summary else 0
        kept.unchanged = summary.unchanged if summary else 0
        kept.refused = summary.refused if summary else 0
        kept.last_line = summary.last_line if summary else 0
        kept.bytes_read = summary.bytes_read if summary else 0
        kept.ignored_columns = list(summary.ignored_columns) if summary else []
        shown = ["preview"] if self._has_shown or summary is None else []
        self._has_shown = False
        kept.save(update_fields=[*_PROGRESS, *shown, "ignored_columns", "updated_at"])
        self._keep_flaws()

    def _keep_flaws(self) -> None:
        ImportFlaw.objects.bulk_create(self._flaws, batch_size=1000)
        self._flaws = []

    @transaction.atomic
    def end(self, status: str, *, problem: str = "") -> None:
        kept = self._kept
        kept.status, kept.problem, kept.ended_at = status, problem[:500], timezone.now()
        if status == Status.FAILED and kept.mode == CatalogImport.Mode.ALL_OR_NOTHING:
            kept.created = kept.updated = kept.unchanged = 0
        kept.save(update_fields=[*_PROGRESS, "status", "problem", "ended_at", "updated_at"])
        self._keep_flaws()
        kept.parts.all().delete()


_PROGRESS = ("created", "updated", "unchanged", "refused", "last_line", "bytes_read")


def _so_far(kept: CatalogImport) -> ImportSummary | None:
    if not kept.last_line:
        return None
    return ImportSummary(
        **{name: getattr(kept, name) for name in _PROGRESS},
        seconds=0,
        is_dry_run=kept.is_dry_run,
        ignored_columns=(),
    )


def _created(row: Row) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in row.__slots__ if name not in _HIDDEN}
    columns |= columns.pop("measures")
    values = {
        name: {"before": None, "after": _text(value)}
        for name, value in columns.items()
        if value is not None
    }
    return {"line": row.line, "sku": row.sku, "kind": "created", "fields": values}


def _updated(row: Row, changes: Changes) -> dict[str, Any]:
    fields = {
        _NAMES.get(name, name): {"before": _text(before), "after": _text(after)}
        for name, (before, after) in changes.items()
        if name not in _HIDDEN
    }
    return {"line": row.line, "sku": row.sku, "kind": "updated", "fields": fields}


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = " > ".join(value) if isinstance(value, tuple) else str(value)
    return text if len(text) <= VALUE_LENGTH else f"{text[:VALUE_LENGTH]}…"
