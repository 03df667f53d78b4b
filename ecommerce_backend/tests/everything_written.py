"""Every row of every table as text, to look for somebody in."""

from collections.abc import Collection

from django.db import connection

_NOT_OURS = ("django_migrations",)


def places_of(words: Collection[str]) -> set[str]:
    """Return the tables that have any of these words in a row, in whatever letters."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in _NOT_OURS:
                continue
            name = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT EXISTS (SELECT 1 FROM {name} AS line"  # noqa: S608 - a table's own name
                " WHERE to_jsonb(line)::text ILIKE ANY (%s))",
                [[f"%{word}%" for word in words]],
            )
            if cursor.fetchone() == (True,):
                found.add(table)
    return found
