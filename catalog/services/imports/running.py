"""The import from its first batch to its last."""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
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
_IMPORT_LOCK = 0x696D_706F_7274_6572  # "importer", a number nobody else would think of


class ImportRunning(DomainError):
    code = "import_running"
    message = "Another import is running. Wait until it has ended."


def import_catalog(
    *,
    source: Source,
    opening_stock: int = 0,
    is_dry_run: bool = False,
    actor: User | None = None,
    on_refusal: Callable[[Refusal], object] = lambda _: None,
    on_progress: Callable[[ImportSummary], object] = lambda _: None,
) -> ImportSummary:
    """Bring a file into the catalogue by SKU, a transaction for every 500 rows.

    `opening_stock` is in units, for new SKUs without `on_hand`. A row that cannot be taken is
    given to `on_refusal` and the rest goes in; `on_progress` hears of every batch that is in.
    Must not be called in a transaction. Raises ImportRunning and UnreadableSource; what was in
    before the file broke off stays in.
    """
    run = Run(
        reference=f"import:{uuid.uuid4().hex[:12]}",
        source=source.name,
        opening_stock=opening_stock,
        actor=actor,
    )
    with _alone():
        progress = _Import(source, run, on_refusal, is_dry_run=is_dry_run)
        rows = records(source)
        while batch := list(islice(rows, BATCH_ROWS)):
            progress.take(batch)
            on_progress(progress.summary())
        progress.finish()
        return progress.summary()


class _Import:
    """What is remembered from one batch to the next."""

    def __init__(
        self, source: Source, run: Run, on_refusal: Callable[[Refusal], object], *, is_dry_run: bool
    ) -> None:
        self._source = source
        self._run = run
        self._on_refusal = on_refusal
        self._is_dry_run = is_dry_run
        self._seen = SeenSkus()
        self._shelves = Shelves(is_dry_run=is_dry_run)
        self._began = time.monotonic()
        self._created = self._updated = self._unchanged = self._refused = self._last_line = 0

    def take(self, batch: Sequence[Record | Refusal]) -> None:
        rows = []
        for item in batch:
            row = validated(item, self._seen) if isinstance(item, Record) else item
            if isinstance(row, Row):
                rows.append(row)
            else:
                self._refuse(row)
        self._enter(rows)
        self._last_line = batch[-1].line

    def finish(self) -> None:
        if self._created >= BATCH_ROWS and not self._is_dry_run:
            _analyze()

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

    def _outcome(self, rows: Sequence[Row]) -> Plan:
        if self._is_dry_run:
            self._shelves.prepare(rows)
            return plan(rows, shelves=self._shelves, is_dry_run=True)
        return write_rows(rows, shelves=self._shelves, run=self._run)

    def _refuse(self, refused: Refusal) -> None:
        self._refused += 1
        self._on_refusal(refused)


def _rule_broken(error: DatabaseError) -> str:
    """Name the constraint if it was one, else repeat the first line of the database."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if constraint:
        return f"is refused by the database: it breaks {constraint}"
    return f"is refused by the database: {str(error).splitlines()[0]}"


def _analyze() -> None:
    """Let the planner know at once what autovacuum would tell it minutes later.

    Until then it takes the tables for empty, and a search takes seconds.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE catalog_product, catalog_productvariant, catalog_price, catalog_stock,"
            " catalog_brand, catalog_category"
        )


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
