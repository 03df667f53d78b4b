"""One run of migrations: what is pending, applying it, and what must hold afterwards."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_pre_migrate_signal
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import module_has_submodule

from ecommerce_backend.common.migrating.executor import (
    Patience,
    PatientExecutor,
    contracts,
    name_of,
)
from ecommerce_backend.common.migrating.tables import InvalidIndex, invalid_indexes, lacking_grants


class Known(NamedTuple):
    """A migration, and what an operator asks about it first."""

    migration: Migration

    @property
    def name(self) -> str:
        return name_of(self.migration)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "atomic": self.migration.atomic,
            "contracts": contracts(self.migration),
        }

    def __str__(self) -> str:
        kind = "" if self.migration.atomic else ", not in a transaction"
        return f"{self.name}{kind}{', contracts' if contracts(self.migration) else ''}"


class Outcome(NamedTuple):
    """What a run did and what it found afterwards."""

    applied: list[Known]
    pending: list[Known]
    invalid: list[InvalidIndex]
    lacking: list[str]

    def as_json(self) -> dict[str, Any]:
        return {
            "applied": [one.as_json() for one in self.applied],
            "pending": [one.as_json() for one in self.pending],
            "invalid_indexes": [one.name for one in self.invalid],
            "lacking_grants": self.lacking,
        }

    def complaints(self) -> list[str]:
        return [str(one) for one in self.invalid] + self.lacking


class Run:
    """Applies what is pending; the lock of migrations must be held."""

    def __init__(
        self, connection: BaseDatabaseWrapper, *, patience: Patience, tell: Callable[[str], None]
    ) -> None:
        self._connection = connection
        self._executor = PatientExecutor(connection, patience=patience, tell=tell)

    def migrate(self) -> None:
        """Apply what is pending, patiently, then let Django finish.

        `manage.py migrate` has nothing to apply then; it writes content types and permissions.
        Raises LockNotHad and DatabaseError.
        """
        executor, alias = self._executor, self._connection.alias
        executor.loader.check_consistent_history(self._connection)
        _import_receivers()
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        before = executor.loader.project_state(list(executor.loader.applied_migrations))
        emit_pre_migrate_signal(0, interactive=False, db=alias, apps=before.apps, plan=plan)
        executor.migrate([], plan=plan)
        executor.patiently(
            "content types and permissions",
            lambda: call_command("migrate", interactive=False, verbosity=0, database=alias),
        )

    def outcome(self, *, app_role: str) -> Outcome:
        return Outcome(
            applied=[Known(one) for one in self._executor.applied],
            pending=pending(self._connection),
            invalid=invalid_indexes(self._connection),
            lacking=lacking_grants(self._connection, app_role),
        )


def pending(connection: BaseDatabaseWrapper) -> list[Known]:
    """Return what is not applied yet, in the order in which it would be."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [Known(migration) for migration, _ in plan]


def _import_receivers() -> None:
    """Import what apps want to do before a migration, as `manage.py migrate` does."""
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, "management"):
            import_module(".management", app.name)
