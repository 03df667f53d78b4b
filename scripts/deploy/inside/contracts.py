"""Which of a release's migrations contract: python -c … in its container.

A migration module with `contracts = True` takes away what the release before it may still use.
Prints a JSON list. The database is not asked.
"""

import json
import sys

import django
from django.db.migrations.loader import MigrationLoader


def main() -> None:
    django.setup()
    found = [
        f"{app}.{name}"
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if getattr(sys.modules[type(migration).__module__], "contracts", False) is True
    ]
    print(json.dumps(sorted(found)))


if __name__ == "__main__":
    main()
