"""What makes a shop must not vanish between two sets without anybody having said that it may.

A database that lost its tables is dumped and restored as faithfully as a full one. Were such a set
a backup like any other, each night would push out one that still has the data.
"""

from collections.abc import Mapping
from typing import Any

from scripts.backup import sets
from scripts.backup.database import Session, identifier
from scripts.backup.faults import DatabaseFailed, Fault, Shrunk
from scripts.backup.settings import Settings

CORE = ("users_user", "catalog_product", "orders_order")  # of which no shop loses half by itself
_SCHEMA = "public"
_LEAST_SHARE = 0.5

Rows = Mapping[str, int]  # by the name of the table; a table that is not there has none


def refuse(settings: Settings, manifest: dict[str, Any], *, accepts: bool) -> None:
    """Hold a set that is being made against the newest good one.

    Raises Shrunk, unless the operator accepts it; the manifest then says what was accepted.
    """
    good = _newest_good(settings)
    if good is None:
        return
    lost = found(of_manifest(good), of_manifest(manifest))
    if lost and not accepts:
        raise Shrunk(
            f"Since {good['id']}: {'; '.join(lost)}. So this is no backup. If that is as it should "
            "be: backup run --accept-loss. If not: docs/RUNBOOK.md, Data are wrong or gone."
        )
    if lost:
        manifest["losses_accepted"] = lost


def found(before: Rows, now: Rows) -> list[str]:
    """Return a line for each table that has less than half of its rows left."""
    return [
        f"{table} from {before[table]} rows to {now.get(table, 0)}"
        for table in CORE
        if now.get(table, 0) < before.get(table, 0) * _LEAST_SHARE
    ]


def of_manifest(manifest: Mapping[str, Any]) -> Rows:
    """Return the rows that a set has."""
    tables = manifest["database"]["tables"]
    named = {table: f"{_SCHEMA}.{table}" for table in CORE}
    return {table: tables[name]["rows"] for table, name in named.items() if name in tables}


def of_database(settings: Settings) -> Rows | None:
    """Return the rows that the live database has now, None where it does not answer."""
    try:
        with Session(settings) as session:
            there = session.rows(
                f"SELECT tablename FROM pg_tables WHERE schemaname = '{_SCHEMA}'"  # noqa: S608
            )
            return {
                table: int(session.value(f"SELECT count(*) FROM {_SCHEMA}.{identifier(table)}"))  # noqa: S608
                for table in CORE
                if [table] in there
            }
    except DatabaseFailed:
        return None


def preview(one: sets.Set, settings: Settings) -> list[str]:
    """Return what a restore of this set would bring back, and what would be missed afterwards.

    Raises Missing, Altered, WrongKey.
    """
    manifest = one.proven_manifest(settings)
    rows, live = of_manifest(manifest), of_database(settings)
    told = ", ".join(f"{table} {count}" for table, count in rows.items())
    lines = [f"{one.id} has of rows: {told or 'none of ' + ', '.join(CORE)}"]
    if live is None:
        lines.append("The live database does not answer, so the two cannot be compared.")
    lines += [f"CAREFUL: a swap would bring {loss}." for loss in found(live or {}, rows)]
    return lines


def _newest_good(settings: Settings) -> dict[str, Any] | None:
    for one in reversed(sets.every(settings.sets)):
        if one.verified_at and one.is_whole():
            try:
                return one.proven_manifest(settings)
            except Fault:  # of an older key, or altered: it proves nothing
                continue
    return None
