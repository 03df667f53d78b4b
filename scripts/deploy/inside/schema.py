"""Which migrations a release brings, and which of them contract: python -c … in its container.

A migration module with `contracts = True` takes away what the release before it may still use.
Prints one JSON object. The database is not asked.
"""

import hashlib
import json

import django
from django.db.migrations.loader import MigrationLoader


def main() -> None:
    django.setup()
    migrations = MigrationLoader(None).disk_migrations
    names = sorted(f"{app}.{name}" for app, name in migrations)
    contracts = sorted(
        f"{app}.{name}"
        for (app, name), migration in migrations.items()
        if _module_of(migration).get("contracts") is True
        or getattr(migration, "contracts", False) is True
    )
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
    print(json.dumps({"schema": digest, "contracts": contracts}))


def _module_of(migration: object) -> dict[str, object]:
    import sys  # noqa: PLC0415

    return vars(sys.modules[type(migration).__module__])


if __name__ == "__main__":
    main()
