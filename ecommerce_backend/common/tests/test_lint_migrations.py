"""What a migration may not do while the release before it serves, and what it may."""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from ecommerce_backend.common.migrating.executor import contracts
from ecommerce_backend.common.migrating.running import pending
from ecommerce_backend.common.tests.yard import opened
from scripts.lint_migrations import EXEMPT, Gate, our_apps, report

pytestmark = pytest.mark.django_db(transaction=True)

BAD = {
    "rename_column": (
        'RenameField("crate", "label", "title")',
        {"RENAME_COLUMN", "renaming-column"},
    ),
    "rename_table": (
        'RenameModel("Crate", "Box")',
        {"RENAME_TABLE", "renaming-table"},
    ),
    "required_column": (
        'AddField("crate", "colour", CharField(max_length=20))',
        {"NOT_NULL", "adding-required-field"},
    ),
    "default_of_django_only": (
        'AddField("crate", "colour", CharField(max_length=20, default="red"))',
        {"NOT_NULL", "ban-drop-default"},
    ),
    "drop_column": (
        'RemoveField("crate", "label")',
        {"DROP_COLUMN", "ban-drop-column"},
    ),
    "drop_table": (
        'DeleteModel("Shelf")',
        {"DROP_TABLE", "ban-drop-table"},
    ),
    "index_that_locks": (
        'AddIndex("crate", Index(fields=["label"], name="by_label"))',
        {"CREATE_INDEX", "require-concurrent-index-creation"},
    ),
    "foreign_key": (
        'AddField("crate", "shelf", ForeignKey("yard.Shelf", PROTECT, null=True))',
        {
            "CREATE_INDEX",
            "CREATE_INDEX_EXCLUSIVE",
            "adding-foreign-key-constraint",
            "require-concurrent-index-creation",
        },
    ),
    "other_type": (
        'AlterField("crate", "depth", CharField(max_length=9))',
        {"ALTER_COLUMN", "changing-column-type", "ban-drop-default"},
    ),
    "unique": (
        'AddConstraint("crate", UniqueConstraint(fields=["label"], name="label_once"))',
        {"ADD_UNIQUE", "disallowed-unique-constraint", "constraint-missing-not-valid"},
    ),
    "check_at_once": (
        'AddConstraint("crate", CheckConstraint(condition=Q(depth__gte=0), name="has_depth"))',
        {"constraint-missing-not-valid"},
    ),
    "not_null_at_once": (
        'AlterField("crate", "weight", IntegerField())',
        {"NOT_NULL", "adding-not-nullable-field"},
    ),
    "no_way_back": (
        "def fill(apps, schema_editor): ...\n---\nRunPython(fill)",
        {"RUNPYTHON_REVERSIBLE"},
    ),
    "two_apart": (
        'RunSQL("SELECT 1", "SELECT 1"), RunSQL("SELECT 2", "SELECT 2")',
        {"ONE_OPERATION"},
    ),
    "not_repeatable_apart": (
        'RunSQL("CREATE INDEX CONCURRENTLY c ON yard_crate (label)", "DROP INDEX CONCURRENTLY c")',
        {"prefer-robust-stmts"},
    ),
}
GOOD = {
    "0002_table": 'CreateModel("Lid", [("id", BigAutoField(primary_key=True)),'
    ' ("crate", ForeignKey("yard.Crate", PROTECT)), ("name", CharField(unique=True))])',
    "0003_column": 'AddField("crate", "colour", CharField(max_length=20, db_default="red"))',
    "0004_optional_column": 'AddField("crate", "width", IntegerField(null=True))',
    "0005_index_apart": ('AddIndexConcurrently("crate", Index(fields=["label"], name="by_label"))'),
    "0006_check": 'AddConstraintNotValid("crate", CheckConstraint('
    'condition=Q(depth__gte=0), name="has_depth"))',
    "0007_checked": 'ValidateConstraint("crate", "has_depth")',
    "0008_reference": 'SeparateDatabaseAndState([RunSQL("ALTER TABLE yard_crate ADD COLUMN shelf_id'
    ' bigint NULL", "ALTER TABLE yard_crate DROP COLUMN shelf_id")],'
    ' [AddField("crate", "shelf", ForeignKey("yard.Shelf", PROTECT, null=True, db_index=False))])',
    "0009_key": 'RunSQL("ALTER TABLE yard_crate ADD CONSTRAINT crate_shelf FOREIGN KEY (shelf_id)'
    ' REFERENCES yard_shelf (id) DEFERRABLE INITIALLY DEFERRED NOT VALID",'
    ' "ALTER TABLE yard_crate DROP CONSTRAINT crate_shelf")',
    "0010_key_checked": 'RunSQL("ALTER TABLE yard_crate VALIDATE CONSTRAINT crate_shelf", "")',
    "0011_fill": "def fill(apps, schema_editor): ...\n---\nRunPython(fill, RunPython.noop)",
    "0012_longer": 'AlterField("crate", "label", CharField(max_length=20, db_default=""))',
    "0013_narrower": 'contracts = True\n---\nRemoveField("crate", "weight")',
}


@pytest.fixture(params=BAD)
def bad(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[set[str]]:
    operations, refusals = BAD[request.param]
    with opened(tmp_path, {f"0002_{request.param}": operations}):
        yield refusals


def test_what_would_break_the_release_before_or_lock_a_table_is_refused(bad: set[str]) -> None:
    gate = Gate()

    _, migration = gate.migrations(["yard"])

    assert {finding.code for finding in gate.findings(migration)} == bad
    assert report(["yard"]) == 1


def test_what_both_releases_can_live_with_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(tmp_path, GOOD):
        assert report(["yard"]) == 0
        call_command("migrate_safe", stdout=StringIO())
        assert pending(connection) == []

    said = capsys.readouterr().out.splitlines()
    assert said == ["✓ yard.0001_initial", *(f"✓ yard.{name}" for name in GOOD)]


def test_the_migrations_of_the_shop_pass() -> None:
    assert report(our_apps()) == 0


def test_every_exemption_is_needed() -> None:
    gate = Gate()
    known = {f"{one.app_label}.{one.name}": one for one in gate.migrations(our_apps())}

    for name in EXEMPT:
        assert gate.findings(known[name]), name


def test_a_contraction_is_marked_by_its_module(tmp_path: Path) -> None:
    with opened(tmp_path, {"0002_narrower": GOOD["0013_narrower"]}):
        assert [contracts(one) for one in Gate().migrations(["yard"])] == [False, True]


def test_the_checks_hold_every_migration_to_the_gate() -> None:
    checks = Path("scripts/checks.sh").read_text(encoding="utf-8")

    assert re.search(r"^step python -m scripts\.lint_migrations$", checks, re.MULTILINE)
