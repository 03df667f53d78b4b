"""What the catalogue of PostgreSQL says about tables, indexes and rights."""

from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

_OURS = "n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'"
# REINDEX CONCURRENTLY leaves its own behind, in toast tables too, where they are harmless.
_INVALID = f"""
SELECT format('%%I.%%I', n.nspname, i.relname), format('%%I.%%I', n.nspname, t.relname)
  FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
  JOIN pg_namespace n ON n.oid = i.relnamespace
 WHERE NOT indisvalid AND {_OURS} ORDER BY 1
"""  # noqa: S608 – of constants
_LACKING = f"""
SELECT format('GRANT %%s ON %%s %%I.%%I TO %%I;', string_agg(privilege, ', ' ORDER BY privilege),
              CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
              n.nspname, c.relname, %(role)s)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
       unnest(CASE c.relkind WHEN 'S' THEN ARRAY['USAGE']
              ELSE ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] END) AS privilege
 WHERE c.relkind IN ('r', 'p', 'S') AND {_OURS}
   AND NOT CASE c.relkind WHEN 'S' THEN has_sequence_privilege(%(role)s, c.oid, privilege)
           ELSE has_table_privilege(%(role)s, c.oid, privilege) END
 GROUP BY n.nspname, c.relname, c.relkind ORDER BY n.nspname, c.relname
"""  # noqa: S608 – of constants


class InvalidIndex(NamedTuple):
    """An index that its builder did not finish: it costs every write and serves no query."""

    name: str
    table: str

    def __str__(self) -> str:
        return f"DROP INDEX CONCURRENTLY {self.name};  -- invalid, on {self.table}"


def invalid_indexes(connection: BaseDatabaseWrapper) -> list[InvalidIndex]:
    return [InvalidIndex(*row) for row in _rows(connection, _INVALID)]


def drop_invalid_index(connection: BaseDatabaseWrapper, name: str) -> None:
    """Drop the index of this name if it is invalid; a valid one is somebody's work."""
    found = _rows(
        connection,
        "SELECT c.oid::regclass::text FROM pg_index JOIN pg_class c ON c.oid = indexrelid"
        " WHERE NOT indisvalid AND c.relname = %s AND pg_table_is_visible(c.oid)",
        [name],
    )
    for (index,) in found:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX CONCURRENTLY {index}")  # regclass quotes what needs it


def lacking_grants(connection: BaseDatabaseWrapper, role: str) -> list[str]:
    """Return the GRANT for each table and sequence that the shop's role cannot use in full.

    Nothing where there is no such role, as on a developer's machine.
    """
    if not _rows(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", [role]):
        return []
    return [statement for (statement,) in _rows(connection, _LACKING, {"role": role})]


def sizes(connection: BaseDatabaseWrapper) -> dict[str, int]:
    """Return the bytes of each table, with its indexes, by its name in the search path."""
    question = (
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
        " WHERE relkind = 'r' AND pg_table_is_visible(oid) AND relname NOT LIKE 'pg\\_%%'"
    )
    return dict(_rows(connection, question))


def _rows(connection: BaseDatabaseWrapper, question: str, parameters: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters or [])  # so that %% is one % everywhere
        return list(cursor.fetchall())
