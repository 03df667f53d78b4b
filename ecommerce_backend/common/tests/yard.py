"""An app that has migrations and nothing else, in a database of its own: for tests of migrating."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db import connections

_MODULE = """
from django.contrib.postgres.indexes import *
from django.contrib.postgres.operations import *
from django.db import migrations, models
from django.db.migrations import *
from django.db.models import *

{head}

class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = {dependencies}
    operations = [
        {operations}
    ]
"""
APP = "yard"
FIRST = """
    CreateModel("Crate", [
        ("id", BigAutoField(primary_key=True)),
        ("label", CharField(max_length=20)),
        ("weight", IntegerField(null=True)),
        ("depth", IntegerField(db_default=0)),
    ]),
    CreateModel("Shelf", [("id", BigAutoField(primary_key=True))]),
"""


class Yard(NamedTuple):
    """A database with a table of crates in it, and an app that is about to change it."""

    address: str
    folder: Path

    @property
    def url(self) -> str:
        """Return the address as settings have it."""
        known = connections["default"].settings_dict
        login = f"{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}"
        return f"postgresql://{login}/{known['NAME']}"

    def session(self) -> psycopg.Connection[Any]:
        """Return a session of somebody else, in a transaction from its first statement on."""
        return psycopg.connect(self.address, application_name="somebody")

    def ask(self, question: str) -> Any:
        """Return the one value that a question has."""
        with psycopg.connect(self.address, autocommit=True) as session:
            row = session.execute(question.encode()).fetchone()
        return row and row[0]


@contextmanager
def opened(folder: Path, migrations: Mapping[str, str]) -> Iterator[Yard]:
    """Open a yard whose first migration is applied, and these are not."""
    write_app(folder, migrations)
    name = f"{connections['default'].settings_dict['NAME']}_yard"
    with own_database(name) as address, installed(folder):
        call_command("migrate", APP, "0001", verbosity=0)
        yield Yard(address, folder)


def write_app(folder: Path, migrations: Mapping[str, str]) -> None:
    """Write the app; a migration is the source of its operations, after the first one.

    Lines before `---` stand in front of the class; a name that ends in `_apart` is not atomic.
    """
    package = folder / APP / "migrations"
    package.mkdir(parents=True)
    (folder / APP / "__init__.py").touch()
    (package / "__init__.py").touch()
    before: str | None = None
    for title, source in {"0001_initial": FIRST, **migrations}.items():
        head, _, operations = source.rpartition("---")
        module = _MODULE.format(
            head=head,
            atomic=not title.endswith("_apart"),
            dependencies=[(APP, before)] if before else [],
            operations=operations.strip(),
        )
        (package / f"{title}.py").write_text(module)
        before = title


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """Install the app in this process, and forget it afterwards.

    Without the setting: it would make all other apps get ready a second time.
    """
    sys.path.insert(0, str(folder))
    try:
        config = AppConfig.create(APP)
        config.apps = apps
        apps.app_configs[APP] = config
        config.import_models()
        yield
    finally:
        apps.app_configs.pop(APP, None)
        apps.all_models.pop(APP, None)
        apps.clear_cache()
        sys.path.remove(str(folder))
        for module in [one for one in sys.modules if one == APP or one.startswith(f"{APP}.")]:
            del sys.modules[module]


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """Give the address of a copy of the tests' database, and let Django use it meanwhile."""
    original = connections["default"]
    original.close()  # a template must have no visitors
    copy = original.copy()
    copy.settings_dict = {**copy.settings_dict, "NAME": name}
    with psycopg.connect(address_of("postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original.settings_dict["NAME"]}"')
        connections["default"] = copy
        try:
            yield address_of(name)
        finally:
            copy.close()
            connections["default"] = original
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def address_of(database: str) -> str:
    """Return the libpq address of a database of the tests' server."""
    known = connections["default"].settings_dict
    return psycopg.conninfo.make_conninfo(
        host=known["HOST"],
        port=known["PORT"],
        user=known["USER"],
        password=known["PASSWORD"],
        dbname=database,
    )
