"""Sentences about the shop's data that must be true whoever wrote it.

Each app lists its own; `manage.py check_invariants` asks them all.
"""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, kw_only=True)
class Invariant:
    """`offenders` is a query with one text per row that breaks the statement, saying how.

    `name` is what metrics and alerts call it.
    """

    name: str
    statement: str
    offenders: str

    def breaches(self) -> list[str]:
        """Return what breaks it, as of one moment; nothing when it holds."""
        with connection.cursor() as cursor:
            cursor.execute(self.offenders)
            return [text for (text,) in cursor.fetchall()]
