"""Diagrams of tables, as SVG: one of everything by name, one of each app with its columns."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from scripts.schema.tables import APPS, Table

WIDTH, ROW, HEAD, GAP, LANE, MARGIN = 248, 19, 30, 26, 62, 30
# The two lanes in the middle are short, so that what passes them can pass below.
LANES = (("orders",), ("users",), ("cart", "reviews"), ("catalog",), ("common",))
COLORS = {
    "users": "#0f766e",
    "catalog": "#1d4ed8",
    "cart": "#b45309",
    "orders": "#7c3aed",
    "reviews": "#be185d",
    "common": "#475569",
}
_STYLE = """
text{font:12px ui-sans-serif,system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;fill:#1e293b}
.head{font-size:13px;font-weight:600;fill:#fff}
.type{fill:#64748b;text-anchor:end;font-size:11px}
.key{font-weight:600}
.elsewhere{fill:#64748b;font-style:italic;font-size:11px;text-anchor:end}
.note{fill:#64748b}
path{fill:none;stroke-width:1.4}
.along{stroke-dasharray:5 4}
"""


class Box(NamedTuple):
    """Where a table is drawn."""

    table: Table
    x: int
    y: int
    shows_columns: bool

    @property
    def height(self) -> int:
        return HEAD + (len(self.table.columns) * ROW + 8 if self.shows_columns else 0)

    def row(self, name: str) -> int:
        """Return the middle of a column's row, or of the head where columns are not shown."""
        if not self.shows_columns:
            return self.y + HEAD // 2
        position = [column.name for column in self.table.columns].index(name)
        return self.y + HEAD + 4 + position * ROW + ROW // 2


def overview(tables: Sequence[Table]) -> str:
    """Return every table by its name, an app to a lane, with all references."""
    boxes = []
    for number, labels in enumerate(LANES):
        lane = [one for label in labels for one in tables if one.app == label]
        y = MARGIN
        for table in sorted(lane, key=lambda one: _is_joined(one, tables)):
            boxes.append(Box(table, _lane(number), y, shows_columns=False))
            y += HEAD + GAP // 2
    return _drawing(boxes)


def of_app(tables: Sequence[Table], app: str) -> str:
    """Return the tables of one app with their columns; references to other apps are words.

    A table stands one lane to the right of those it refers to, so that no line passes a table.
    """
    ours = {one.name: one for one in tables if one.app == app}
    depths = {name: _depth(name, ours) for name in ours}
    ends = [MARGIN] * (max(depths.values()) + 1)
    boxes = []
    alone = [name for name in ours if not depths[name] and name not in _referred_to(ours)]
    for name in [*(one for one in ours if one not in alone), *alone]:
        lane = ends.index(min(ends)) if name in alone else depths[name]
        box = Box(ours[name], _lane(lane), ends[lane], shows_columns=True)
        boxes.append(box)
        ends[lane] += box.height + GAP
    return _drawing(boxes)


def _is_joined(table: Table, tables: Sequence[Table]) -> bool:
    """Tell whether a reference leads from this table to another app's, or back."""
    apps = {one.name: one.app for one in tables}
    pairs = [
        (one.app, apps.get(column.refers_to or "", one.app), one.name, column.refers_to)
        for one in tables
        for column in one.columns
    ]
    return any(table.name in names for here, there, *names in pairs if here != there)


def _depth(name: str, tables: Mapping[str, Table]) -> int:
    targets = {column.refers_to for column in tables[name].columns} & tables.keys() - {name}
    return max((_depth(target, tables) + 1 for target in targets if target), default=0)


def _referred_to(tables: Mapping[str, Table]) -> set[str | None]:
    return {column.refers_to for table in tables.values() for column in table.columns}


def diagrams(tables: Sequence[Table]) -> dict[str, str]:
    """Return each drawing by the name of its file."""
    return {
        "overview.svg": overview(tables),
        **{f"{app}.svg": of_app(tables, app) for app in APPS},
    }


def _lane(number: int) -> int:
    return MARGIN + number * (WIDTH + LANE)


def _drawing(boxes: Sequence[Box]) -> str:
    width = max(box.x for box in boxes) + WIDTH + MARGIN
    height = max(box.y + box.height for box in boxes) + MARGIN + 24
    placed = {box.table.name: box for box in boxes}
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{escape(', '.join(placed))}</title>",
        f"<style>{_STYLE}</style>",
        '<rect width="100%" height="100%" rx="10" fill="#f8fafc"/>',
        *(line for box in boxes for line in _references(box, placed)),
        *(line for box in boxes for line in _table(box, placed)),
        *_legend(height - 16),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _table(box: Box, placed: dict[str, Box]) -> Iterator[str]:
    x, y, color = box.x, box.y, COLORS[box.table.app]
    yield (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{box.height}" rx="7" fill="#fff"'
        f' stroke="{color}" stroke-width="1.2"/>'
    )
    round_below = HEAD - 8 if box.shows_columns else HEAD
    yield f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEAD}" rx="7" fill="{color}"/>'
    if box.shows_columns:
        yield f'<rect x="{x}" y="{y + round_below}" width="{WIDTH}" height="8" fill="{color}"/>'
    yield f'<text class="head" x="{x + 10}" y="{y + 20}">{escape(box.table.name)}</text>'
    if not box.shows_columns:
        return
    for column in box.table.columns:
        middle = box.row(column.name) + 4
        kind = "key" if column.name == "id" or column.refers_to else ""
        mark = "?" if column.is_optional else ""
        yield f'<text class="{kind}" x="{x + 10}" y="{middle}">{escape(column.name)}{mark}</text>'
        is_elsewhere = column.refers_to is not None and column.refers_to not in placed
        css, words = (
            ("elsewhere", f"→ {column.refers_to}") if is_elsewhere else ("type", column.type)
        )
        yield f'<text class="{css}" x="{x + WIDTH - 10}" y="{middle}">{escape(words)}</text>'


def _references(box: Box, placed: dict[str, Box]) -> Iterator[str]:
    for column in box.table.columns:
        target = placed.get(column.refers_to or "")
        if target is None:
            continue
        y1, y2 = box.row(column.name), target.y + HEAD // 2
        if target.x == box.x:  # around the left side
            x1 = x2 = box.x
            bend = box.x - 34
            path = f"M{x1} {y1} C{bend} {y1} {bend} {y2} {x2} {y2}"
        else:
            leftwards = target.x < box.x
            x1 = box.x if leftwards else box.x + WIDTH
            x2 = target.x + WIDTH if leftwards else target.x
            pull = max(40, abs(x2 - x1) // 2) * (-1 if leftwards else 1)
            path = f"M{x1} {y1} C{x1 + pull} {y1} {x2 - pull} {y2} {x2} {y2}"
        kind = ' class="along"' if column.goes_with_it else ""
        color = COLORS[target.table.app]
        yield f'<path d="{path}" stroke="{color}"{kind}/>'
        yield f'<circle cx="{x2}" cy="{y2}" r="3.5" fill="{color}"/>'


def _legend(y: int) -> Iterator[str]:
    x = MARGIN
    for kind, words in (("", "keeps its row from being deleted"), ("along", "is deleted with it")):
        yield f'<path class="{kind}" d="M{x} {y - 4} h34" stroke="#475569"/>'
        yield f'<circle cx="{x + 34}" cy="{y - 4}" r="3.5" fill="#475569"/>'
        yield f'<text class="note" x="{x + 44}" y="{y}">{words}</text>'
        x += 64 + 7 * len(words)
    yield f'<text class="note" x="{x}" y="{y}">? may be empty</text>'
