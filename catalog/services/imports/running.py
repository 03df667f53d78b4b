"""The import from its first batch to its last."""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import islice

from django.db import DatabaseError, DataError, IntegrityError, connection

from catalog.services.imports.planning import Plan, plan
from catalog.services.imports.reading import Record, records
from catalog.services.imports.refusals import Refusal, refusal
from catalog.services.imports.rows import Row, validated
from catalog.services.imports.seen import SeenSkus
from catalog.services.imports.shelves import Shelves
from catalog.services.imports.sources import Source
from catalog.services.imports.summaries import ImportSummary
from catalog.services.imports.writing import Run, write_rows
from ecommerce_backend.common.errors import DomainError
from users.models import User

BATCH_ROWS = 500
GROWTH = 4  # times the rows that statistics know of, after which they are taken anew
BATCH_BYTES = 4 * 1024 * 1024  # of the file, whose rows may be very long
_IMPORT_LOCK = 0x696D_706F_7274_6572  # "importer", a number nobody else would think of


class ImportRunning(DomainError):
    code = "import_running"
    message = "Another import is running. Wait until it has ended."


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Who hears what an import does.

    `plan` hears of every batch, before and after; `around_batch` stands around a batch and what
    is made of it in `progress`, so that both can be one transaction.
    """

    refusal: Callable[[Refusal], object] = lambda _: None
    progress: Callable[[ImportSummary], object] = lambda _: None
    plan: Callable[[Plan], object] = lambda _: None
    around_batch: Callable[[], AbstractContextManager[object]] = nullcontext


def new_reference() -> str:
    return f"import:{uuid.uuid4().hex[:12]}"


def import_catalog(
    *,
    source: Source,
    opening_stock: int = 0,
    is_dry_run: bool = False,
    actor: User | None = None,
    reference: str | None = None,
    after: ImportSummary | None = None,
    listener: Listener | None = None,
) -> ImportSummary:
    """Bring a file into the catalogue by SKU, a transaction for every 500 rows.

    `opening_stock` is in units, for new SKUs without `on_hand`. A row that cannot be taken is
    given to `listener.refusal` and the rest goes in. `after` is how far an earlier run of the same
    `reference` came: what it took is passed over. Raises ImportRunning and UnreadableSource; what
    was in before the file broke off stays in, unless a transaction of the caller's is undone.
    """
    run = Run(
        reference=reference or new_reference(),
        source=source.name,
        opening_stock=opening_stock,
        actor=actor,
    )
    heard = listener or Listener()
    with _alone():
        progress = _Import(source, run, heard, is_dry_run=is_dry_run, after=after)
        rows = records(source)
        while True:
            with heard.around_batch():
                if not progress.take(rows):
                    break
                heard.progress(progress.summary())
        progress.finish()
        return progress.summary()


class _Import:
    """What is remembered from one batch to the next."""

    def __init__(
        self,
        source: Source,
        run: Run,
        listener: Listener,
        *,
        is_dry_run: bool,
        after: ImportSummary | None,
    ) -> None:
        self._source = source
        self._run = run
        self._listener = listener
        self._is_dry_run = is_dry_run
        self._seen = SeenSkus()
        self._shelves = Shelves(is_dry_run=is_dry_run)
        self._began = time.monotonic()
        self._created = after.created if after else 0
        self._updated = after.updated if after else 0
        self._unchanged = after.unchanged if after else 0
        self._refused = after.refused if after else 0
        self._last_line = after.last_line if after else 0
        self._resumes_after = self._last_line
        self._analyze_at = BATCH_ROWS  # rows created

    def take(self, records_: Iterator[Record | Refusal]) -> bool:
        """Take the next batch; tell whether there was one.

        Each record is validated as it is read, so that no more than one is held as it was given.
        """
        rows: list[Row] = []
        last_line = 0
        began_at = self._source.unpacked_bytes
        for item in islice(records_, BATCH_ROWS):
            row = validated(item, self._seen) if isinstance(item, Record) else item
            last_line = row.line
            if row.line > self._resumes_after:
                if isinstance(row, Row):
                    rows.append(row)
                else:
                    self._refuse(row)
            if self._source.unpacked_bytes - began_at > BATCH_BYTES:
                break
        self._enter(rows)
        self._last_line = max(self._last_line, last_line)
        if self._created >= self._analyze_at:
            self._tell_planner()
        return last_line > 0

    def finish(self) -> None:
        if self._created >= BATCH_ROWS:
            self._tell_planner()

    def summary(self) -> ImportSummary:
        return ImportSummary(
            created=self._created,
            updated=self._updated,
            unchanged=self._unchanged,
            refused=self._refused,
            last_line=self._last_line,
            bytes_read=self._source.position(),
            seconds=time.monotonic() - self._began,
            is_dry_run=self._is_dry_run,
            ignored_columns=tuple(sorted(self._source.ignored_columns)),
        )

    def _enter(self, rows: Sequence[Row]) -> None:
        """Write the rows; if the database refuses, halve them until the guilty one is alone."""
        if not rows:
            return
        try:
            outcome = self._outcome(rows)
        except (IntegrityError, DataError) as error:
            self._shelves.forget()
            if len(rows) == 1:
                self._refuse(refusal(rows[0].line, "conflict", _rule_broken(error)))
                return
            middle = len(rows) // 2
            self._enter(rows[:middle])
            self._enter(rows[middle:])
        else:
            self._created += len(outcome.new)
            self._updated += len(outcome.updated)
            self._unchanged += outcome.unchanged
            for refused in outcome.refused:
                self._refuse(refused)
            self._listener.plan(outcome)

    def _tell_planner(self) -> None:
        if not self._is_dry_run:
            _analyze()
            self._analyze_at = self._created * GROWTH

    def _outcome(self, rows: Sequence[Row]) -> Plan:
        if self._is_dry_run:
            self._shelves.prepare(rows)
            return plan(rows, shelves=self._shelves, is_dry_run=True)
        return write_rows(rows, shelves=self._shelves, run=self._run)

    def _refuse(self, refused: Refusal) -> None:
        self._refused += 1
        self._listener.refusal(refused)


def _rule_broken(error: DatabaseError) -> str:
    """Name the constraint if it was one, else repeat the first line of the database."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if constraint:
        return f"is refused by the database: it breaks {constraint}"
    return f"is refused by the database: {str(error).splitlines()[0]}"


def _analyze() -> None:
    """Let the planner know at once what autovacuum would tell it minutes later.

    Until then it takes the tables for empty: a search takes seconds, and so does each batch of a
    long transaction, whose checks of foreign keys would walk whole tables.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT catalog_analyze()")


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other imports out, over all transactions of this one.

    Raises ImportRunning.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_IMPORT_LOCK])
        row = cursor.fetchone()
    if not (row and row[0]):
        raise ImportRunning
    try:
        yield
    finally:
        # With the connection gone, so is the lock.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_IMPORT_LOCK])
