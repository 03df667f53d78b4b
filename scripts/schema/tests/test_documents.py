"""What docs/ says of the tables is what they are."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psycopg
import pytest
from django.db import connection

from scripts.schema.diagram import of_app, overview
from scripts.schema.documents import GUIDE, ROOT, documents
from scripts.schema.tables import APPS, tables

pytestmark = pytest.mark.django_db

COLUMNS = "SELECT table_name, column_name, data_type FROM information_schema.columns"
RULES = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype <> 'n'"
INDEXES = "SELECT tablename, indexname FROM pg_indexes"
TRIGGERS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"


def url(database: str) -> str:
    known = connection.settings_dict
    return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{name}".format(**known, name=database)


def test_the_documents_are_those_of_the_models_and_migrations() -> None:
    for path, text in documents(url(connection.settings_dict["NAME"])).items():
        assert (ROOT / path).read_text(encoding="utf-8") == text, "run scripts/describe_schema.sh"


@pytest.mark.django_db(transaction=True)
def test_the_schema_file_makes_the_tables_that_migrations_make() -> None:
    name = connection.settings_dict["NAME"]
    with psycopg.connect(url("postgres"), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}_copy"'.encode())
        try:
            with psycopg.connect(url(f"{name}_copy")) as copy:
                copy.execute((ROOT / "docs" / "schema.sql").read_bytes())
                copied = things(copy)
        finally:
            server.execute(f'DROP DATABASE "{name}_copy"'.encode())

    with psycopg.connect(url(name)) as original:
        assert copied == things(original)


def things(session: psycopg.Connection[Any]) -> list[tuple[str, ...]]:
    """Return columns, constraints, indexes and triggers of the tables that the file speaks of."""
    rows = [
        row for question in (COLUMNS, RULES, INDEXES, TRIGGERS) for row in session.execute(question)
    ]
    wanted = re.compile(r"(auth|cart|catalog|common|django|orders|reviews|users)_(?!migrations)")
    return sorted(row for row in rows if wanted.match(row[0]))


def test_every_table_is_in_the_overview_and_in_its_app_s_diagram() -> None:
    known = tables()
    everything = overview(known)

    assert len(known) > 25
    for table in known:
        drawing = of_app(known, table.app)
        assert f">{table.name}<" in everything
        assert f">{table.name}<" in drawing
        for column in table.columns:
            assert f">{column.name}{'?' if column.is_optional else ''}<" in drawing


@pytest.mark.parametrize("app", APPS)
def test_a_drawing_is_well_formed_and_no_table_lies_on_another(app: str) -> None:
    known = tables()
    root = ElementTree.fromstring(of_app(known, app))  # noqa: S314 – our own
    frames = [
        [float(rect.attrib[name]) for name in ("x", "y", "width", "height")]
        for rect in root.iter("{http://www.w3.org/2000/svg}rect")
        if rect.get("fill") == "#fff"
    ]

    assert len(frames) == len([table for table in known if table.app == app])
    for number, (x, y, width, height) in enumerate(frames):
        assert x + width <= float(root.attrib["width"])
        assert y + height <= float(root.attrib["height"])
        for left, top, other_width, other_height in frames[:number]:
            is_apart = (
                x >= left + other_width
                or left >= x + width
                or y >= top + other_height
                or top >= y + height
            )
            assert is_apart


def test_the_guide_shows_every_diagram() -> None:
    guide = (ROOT / GUIDE).read_text(encoding="utf-8")

    shown = set(re.findall(r"\(schema/(\w+)\.svg\)", guide))
    assert shown == {path.stem for path in Path(ROOT / "docs" / "schema").glob("*.svg")}


def test_the_guide_names_every_append_only_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"{TRIGGERS} AND tgname LIKE '%append_only%'")
        tables_with_trigger = {table for table, _ in cursor.fetchall()}
    guide = (ROOT / GUIDE).read_text(encoding="utf-8")
    section = guide.partition("## Append-only tables\n")[2].partition("\n## ")[0]

    assert set(re.findall(r"`([a-z]+_[a-z]+)`", section)) - {"restrict_violation"} == (
        tables_with_trigger
    )
