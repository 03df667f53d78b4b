"""Every file that says how the tables are, and what must stand in it."""

from collections.abc import Iterator
from pathlib import Path

from scripts.schema.diagram import diagrams
from scripts.schema.dump import schema_sql
from scripts.schema.tables import APPS, Table, tables

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = "docs/DATABASE_README.md"
_BEGIN, _END = "<!-- tables: written by scripts/describe_schema.sh -->", "<!-- end of tables -->"


def documents(database_url: str) -> dict[str, str]:
    """Return the text of each file by its path, from a migrated database and the models."""
    known = tables()
    before, _, rest = (ROOT / GUIDE).read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    listing = "\n".join(_listing(known))
    return {
        "docs/schema.sql": schema_sql(database_url),
        **{f"docs/schema/{name}": text for name, text in diagrams(known).items()},
        GUIDE: f"{before}{_BEGIN}\n{listing}\n{_END}{after}",
    }


def _listing(known: list[Table]) -> Iterator[str]:
    for app in APPS:
        yield f"\n### {app.capitalize()}\n"
        yield f"![Tables of {app}](schema/{app}.svg)\n"
        yield "| table | a row is | rules that PostgreSQL keeps |"
        yield "|---|---|---|"
        for table in known:
            if table.app == app:
                rules = ", ".join(f"`{rule}`" for rule in table.rules) or "–"
                yield f"| `{table.name}` | {table.purpose} | {rules} |"
