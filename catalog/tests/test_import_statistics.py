"""The planner is told of a shop that grows faster than PostgreSQL looks."""

from pathlib import Path

import pytest

from catalog.services.imports import running
from catalog.services.imports.running import Listener, import_catalog
from catalog.services.imports.sources import open_source
from catalog.tests.factories import VariantFactory
from catalog.tests.import_files import LAMP, csv_file
from catalog.tests.sql import execute, scalar

pytestmark = pytest.mark.django_db
KNOWN = "SELECT reltuples FROM pg_class WHERE relname = 'catalog_productvariant'"


def test_statistics_follow_a_long_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 2)
    execute("ANALYZE catalog_productvariant")
    known = []
    listener = Listener(progress=lambda _: known.append(scalar(KNOWN)))

    with open_source(csv_file(tmp_path, *(LAMP | {"sku": f"S{n}"} for n in range(13)))) as source:
        import_catalog(source=source, listener=listener)

    assert known == [2, 2, 2, 8, 8, 8, 8]
    assert scalar(KNOWN) == 13


@pytest.mark.parametrize(
    ("statement", "told"), [("SELECT catalog_analyze()", 2), ("ANALYZE catalog_productvariant", 1)]
)
def test_the_shop_may_tell_the_planner_of_tables_that_it_does_not_own(
    statement: str, told: int
) -> None:
    VariantFactory.create()
    execute("ANALYZE catalog_productvariant")
    VariantFactory.create()
    execute("CREATE ROLE only_reads_and_writes; SET LOCAL ROLE only_reads_and_writes")

    execute(statement)

    assert scalar(KNOWN) == told
