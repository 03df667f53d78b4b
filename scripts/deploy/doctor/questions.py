"""Questions to PostgreSQL: a statement in `../sql/`, and what each row of its answer means."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from scripts.deploy.findings import Finding, Level

SQL = Path(__file__).resolve().parent.parent / "sql"
Row = dict[str, Any]
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_SHOWN_CHARACTERS = 120


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From where on something is worth telling. Seconds, bytes, rows, or shares of one."""

    wait_s: float = 1
    transaction_s: float = 60
    backup_s: float = 3600
    dead_rows: int = 10_000
    bloat_bytes: int = 200 * 1024 * 1024
    xid_age: int = 500_000_000
    index_scans: int = 100_000
    index_bytes: int = 10 * 1024 * 1024
    seq_scans: int = 1_000
    seq_rows: int = 50_000
    reference_rows: int = 10_000
    slow_calls: int = 5
    slow_ms: float = 500
    connection_share: float = 0.8
    app_connections: int = 62
    lag_s: float = 30
    lag_bytes: int = 1024**3
    sequence_share: float = 0.5

    def as_variables(self) -> dict[str, str]:
        return {name: str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Question:
    """`judge` makes a finding of one row, or none; `name` is the file's and the check's."""

    name: str
    judge: Callable[[Row], Finding | None]
    own_server_only: bool = False  # a managed server's provider sees to it, and hides it
    view: str = ""  # asked in the database `postgres` if the shop's has no such view

    def judged(self, row: Row) -> Finding | None:
        """Return what a row means, under this question's name."""
        found = self.judge(row)
        return found and replace(found, check=f"database.{self.name}")

    def statement(self) -> str:
        return (SQL / f"{self.name}.sql").read_text(encoding="utf-8")


def finding(level: Level, what: str, advice: str, *, why: str = "") -> Finding:
    """Return a finding about the database; the question that led to it gives it its name."""
    return Finding(level=level, check="database", where="db", what=what, why=why, advice=advice)


def shorten(statement: str) -> str:
    """Return the beginning of a statement on one line, without the values in it.

    Django writes values into the statement, so an address or a digest would be shown.
    """
    blanked = _LITERAL.sub("?", " ".join(statement.split()))
    if "'" in blanked:  # PostgreSQL cut it within a value
        blanked = blanked[: blanked.index("'")] + "?"
    return blanked if len(blanked) <= _SHOWN_CHARACTERS else blanked[: _SHOWN_CHARACTERS - 1] + "…"
