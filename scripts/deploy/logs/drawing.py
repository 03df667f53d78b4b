"""A line of a log as a person reads it."""

from collections.abc import Iterator

from scripts.deploy import screen
from scripts.deploy.findings import Level
from scripts.deploy.logs.lines import Entry

_MARKS = {
    "warning": (Level.AMBER, "warning"),
    "error": (Level.RED, "error"),
    "critical": (Level.RED, "CRITICAL"),
}
_SERVICE_WIDTH = 11
_ID_SHOWN = 8
_INDENT = " " * 8


def drawn(entry: Entry, *, with_id: bool = True) -> Iterator[str]:
    """Yield the lines of an entry: time, service, level if it matters, what, the request's id."""
    time = f"{entry.at:%m-%d %H:%M:%S}.{entry.at.microsecond // 1000:03d}" if entry.at else "?"
    parts = [screen.dim(time), screen.bold(f"{entry.service:<{_SERVICE_WIDTH}}")]
    if entry.level in _MARKS:
        level, word = _MARKS[entry.level]
        parts.append(screen.paint(word, level))
    parts.append(entry.text)
    if with_id and entry.request_id:
        parts.append(screen.dim(f"[{entry.request_id[:_ID_SHOWN]}]"))
    yield "  ".join(parts[:2]) + "  " + " ".join(parts[2:])
    for line in entry.detail.splitlines():
        yield screen.dim(_INDENT + line)
