"""What `migrate_safe --plan` shows: the SQL to come, the tables it touches, who uses them now."""

import re
from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from ecommerce_backend.common.migrating.blockers import long_holders
from ecommerce_backend.common.migrating.running import Known
from ecommerce_backend.common.migrating.tables import sizes

_NAME = re.compile(r'(?:TABLE|ON|UPDATE|INTO|FROM|REFERENCES)\s+(?:ONLY\s+)?"?([a-z_][a-z0-9_]*)')


def plan_of(connection: BaseDatabaseWrapper, migrations: list[Known]) -> str:
    """Return a script of SQL with what there is to know in comments."""
    return "\n".join(_lines(connection, migrations))


def sql_of(loader: MigrationLoader, migration: Migration) -> str:
    """Return the SQL of one migration, as `sqlmigrate` writes it."""
    statements = "\n".join(loader.collect_sql([(migration, False)]))
    return f"BEGIN;\n{statements}\nCOMMIT;\n" if migration.atomic else f"{statements}\n"


def _lines(connection: BaseDatabaseWrapper, migrations: list[Known]) -> Iterator[str]:
    if not migrations:
        yield "-- Nothing is pending."
        return
    loader = MigrationLoader(connection)
    bytes_of = sizes(connection)
    for one in migrations:
        sql = sql_of(loader, one.migration)
        yield f"-- {one}"
        for table in dict.fromkeys(name for name in _NAME.findall(sql) if name in bytes_of):
            yield f"--   touches {table}: {bytes_of[table] / 2**20:.1f} MiB"
            for holder in long_holders(connection, table):
                yield f"--   in the way: {holder}"
        yield sql
