"""Hold every migration of the shop to django-migration-linter and to squawk.

    python -m scripts.lint_migrations            those of all apps
    python -m scripts.lint_migrations orders     those of one

Migrations of release N run while code of release N−1 serves; docs/migrations.md says how to change
tables so that both are content. Ends with 1 when a migration is refused.
"""

import argparse
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements

from ecommerce_backend.common.migrating.executor import contracts, name_of
from ecommerce_backend.common.migrating.planning import sql_of
from scripts.squawk import Finding, squawk, squawk_command

# Migrations that the gate would refuse, and why they may stay as they are.
EXEMPT = {
    "catalog.0001_initial": "adds columns to tables that it has made itself; nothing is in them",
    "catalog.0015_sold_ahead": "a wider check takes a check's place; old code breaks neither",
    "catalog.0027_image_renditions": "old code makes no picture without a size",
    "catalog.0041_waiting_without_account": "old code writes to those with an account alone",
}
_CONTRACTIONS = ["DROP_COLUMN", "DROP_TABLE"]


class Gate:
    """Both linters over the migrations that are there."""

    def __init__(self) -> None:
        command = squawk_command()
        if command is None:
            raise FileNotFoundError("squawk is not installed; requirements-dev.txt has it.")
        self._squawk = command
        self._loader = MigrationLoader(connection)
        logging.getLogger("django_migration_linter").setLevel(logging.WARNING)
        self._linter = MigrationLinter(no_output=True)

    def migrations(self, labels: list[str]) -> list[Migration]:
        found = [self._loader.graph.nodes[key] for key in sorted(self._loader.disk_migrations)]
        return [migration for migration in found if migration.app_label in labels]

    def findings(self, migration: Migration) -> list[Finding]:
        return [
            *_of_ours(migration),
            *self._of_linter(migration),
            *squawk(self._squawk, migration, sql_of(self._loader, migration)),
        ]

    def _of_linter(self, migration: Migration) -> Iterator[Finding]:
        statements = self._linter.get_sql(migration.app_label, migration.name)
        excluded = _CONTRACTIONS if contracts(migration) else []
        errors, _, warnings = analyse_sql_statements(
            self._linter.sql_analyser_class, statements, excluded
        )
        more_errors, _, more_warnings = self._linter.analyse_data_migration(migration)
        for issue in [*errors, *warnings, *more_errors, *more_warnings]:
            yield Finding(issue.code, issue.message)


def _of_ours(migration: Migration) -> Iterator[Finding]:
    if not migration.atomic and len(migration.operations) > 1:
        yield Finding(
            "ONE_OPERATION", "Without a transaction, a second operation cannot be tried again."
        )


def our_apps() -> list[str]:
    """Return the labels of the apps that were not installed from elsewhere."""
    return [
        app.label for app in apps.get_app_configs() if "site-packages" not in Path(app.path).parts
    ]


def report(labels: list[str]) -> int:
    """Say what is wrong with each migration; return how many are refused."""
    gate, refused = Gate(), 0
    for migration in gate.migrations(labels):
        name = name_of(migration)
        if name in EXEMPT:
            print(f"– {name}: exempt, {EXEMPT[name]}")
            continue
        findings = gate.findings(migration)
        print(f"{'✗' if findings else '✓'} {name}")
        for finding in findings:
            print(f"    {finding}")
        refused += bool(findings)
    return refused


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts.lint_migrations")
    parser.add_argument("app", nargs="*", help="labels; all apps of the shop without one")
    options = parser.parse_args(arguments)
    django.setup()
    return 1 if report(options.app or our_apps()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
