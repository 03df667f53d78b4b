"""Numbers that cost a look at whole tables: a job takes them, a scrape reads what it wrote."""

from collections.abc import Iterable
from enum import StrEnum

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from ecommerce_backend.common.invariants import Invariant
from ecommerce_backend.common.models import Measurement

TIMEOUT_SECONDS = 60  # for one statement; requests have five
# They grow with visitors, and jobs keep them small.
TABLES = (
    "users_loginsession",
    "users_refreshtoken",
    "users_staffsession",
    "common_idempotencyrecord",
    "common_event",
    "common_auditrecord",
    "procrastinate_jobs",
    "cart_cart",
)


class Kind(StrEnum):
    INVARIANT = "invariant"
    TABLE = "table"


def measure_invariants(invariants: Iterable[Invariant]) -> dict[str, int]:
    """Count the rows that break each invariant, write it down, and return it by name."""
    found = {}
    for invariant in invariants:
        with transaction.atomic():
            _take_time()
            found[invariant.name] = len(invariant.breaches())
            _write(Kind.INVARIANT, invariant.name, found[invariant.name])
    return found


def measure_tables() -> None:
    """Count the rows of the tables that visitors make grow."""
    for table in TABLES:
        with transaction.atomic(), connection.cursor() as cursor:
            _take_time()
            cursor.execute(sql.SQL("SELECT count(*) FROM ") + sql.Identifier(table))
            (rows,) = cursor.fetchone() or (0,)
            _write(Kind.TABLE, table, rows)


def _take_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{TIMEOUT_SECONDS}s'")


def _write(kind: Kind, name: str, value: int) -> None:
    Measurement.objects.update_or_create(
        kind=kind, name=name, defaults={"value": value, "measured_at": timezone.now()}
    )
