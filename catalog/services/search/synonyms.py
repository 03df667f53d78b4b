from collections.abc import Iterable

from django.db import connections, router

from catalog.models import Synonym


def keys_of(texts: Iterable[str]) -> list[str]:
    """Return how search compares texts: small letters, no accents, no signs."""
    with connections[router.db_for_read(Synonym)].cursor() as cursor:
        cursor.execute(
            "SELECT catalog_plain(text) FROM unnest(%s::text[]) WITH ORDINALITY AS texts(text, n)"
            " ORDER BY n",
            [list(texts)],
        )
        return [key for (key,) in cursor.fetchall()]
