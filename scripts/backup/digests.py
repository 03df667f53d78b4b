"""Fingerprints of a database's content, the same wherever the content is the same.

A row's fingerprint is the SHA-256 of its text; a table's is the sum of those of its rows, two
times 60 bits, with their number. A sum needs no order: collations may sort differently on another
machine, and there is no row too many to hold in memory. Sequences stand outside of transactions, so
their values are noted before and after the dump, and a restored one must lie between. Materialized
views are left out: a restore computes them anew, so that a stale one would differ.
"""

import hashlib
import re

from scripts.backup import programs
from scripts.backup.database import Session, identifier
from scripts.backup.faults import DatabaseFailed, Differs
from scripts.backup.settings import Settings, connection

Tables = dict[str, dict[str, int | str]]
Sequences = dict[str, int]

# It belongs to the server, not to the shop: only a superuser can make it, and it holds no content.
NOT_OURS = "pg_stat_statements"
_TABLES = """
    SELECT n.nspname, c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
"""
_SEQUENCES = """
    SELECT schemaname || '.' || sequencename, coalesce(last_value, 0)
    FROM pg_sequences ORDER BY 1
"""
# They differ from dump to dump, and say nothing of the schema.
_NOISE = re.compile(rb"^(--|\\restrict|\\unrestrict|\s*$)")


def of_tables(session: Session) -> Tables:
    """Return rows and fingerprint of each table, as this session's snapshot sees it.

    Raises DatabaseFailed.
    """
    return {
        f"{schema}.{table}": _of_table(session, f"{identifier(schema)}.{identifier(table)}")
        for schema, table in session.rows(_TABLES)
    }


def _of_table(session: Session, table: str) -> dict[str, int | str]:
    parts = ", ".join(
        f"coalesce(sum(('x' || substr(hash, {start}, 15))::bit(60)::bigint), 0)"
        for start in (1, 16)
    )
    [[rows, first, second]] = session.rows(
        f"SELECT count(*), {parts} FROM"  # noqa: S608  # the name comes quoted from the catalogue
        f" (SELECT encode(sha256(convert_to(saved_row::text, 'UTF8')), 'hex') AS hash"
        f" FROM {table} saved_row) hashes"
    )
    return {"rows": int(rows), "digest": f"{int(first):x}-{int(second):x}"}


def of_sequences(session: Session) -> Sequences:
    """Return the last value of each sequence, 0 where none was taken.

    Raises DatabaseFailed.
    """
    return {name: int(value) for name, value in session.rows(_SEQUENCES)}


def of_schema(settings: Settings, database: str) -> str:
    """Return the SHA-256 of the schema's definition, without owners and grants.

    Raises DatabaseFailed, ToolFailed.
    """
    written = programs.run(
        [
            "pg_dump",
            "--schema-only",
            "--no-owner",
            "--no-acl",
            f"--exclude-extension={NOT_OURS}",
        ],
        connection(settings, database),
        what=f"Schema of {database}",
        failure=DatabaseFailed,
    )
    kept = [line for line in written.splitlines() if not _NOISE.match(line)]
    return hashlib.sha256(b"\n".join(kept)).hexdigest()


def compare(
    *,
    tables: tuple[Tables, Tables],
    schemas: tuple[str, str],
    sequences: tuple[Sequences, Sequences, Sequences],
) -> None:
    """Hold what was restored against what was saved.

    `tables` and `schemas` are (saved, restored), `sequences` (before, after, restored).

    Raises Differs, which names what differs.
    """
    saved, restored = tables
    wrong = [
        f"{name}: {_told(saved.get(name))} saved, {_told(restored.get(name))} restored"
        for name in sorted({*saved, *restored})
        if saved.get(name) != restored.get(name)
    ]
    before, after, now = sequences
    wrong += [
        f"sequence {name}: {now.get(name)} restored, not {before[name]} to {after.get(name)}"
        for name in before
        if not before[name] <= now.get(name, -1) <= after.get(name, before[name])
    ]
    if schemas[0] != schemas[1]:
        wrong.append(f"schema: {schemas[0][:12]} saved, {schemas[1][:12]} restored")
    if wrong:
        raise Differs("What was restored is not what was saved. " + "; ".join(wrong))


def _told(table: dict[str, int | str] | None) -> str:
    if table is None:
        return "no such table"
    return f"{table['rows']} rows ({str(table['digest'])[:8]})"
