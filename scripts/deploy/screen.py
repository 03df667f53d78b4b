"""How findings look: a mark, a name, a sentence; colours on a terminal and none in a pipe."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence

from scripts.deploy import terminal
from scripts.deploy.findings import Finding, Level

MARKS = {Level.GREEN: "✓", Level.HINT: "·", Level.AMBER: "!", Level.RED: "✗"}
_COLOURS = {Level.GREEN: "32", Level.HINT: "36", Level.AMBER: "33", Level.RED: "31"}
_NARROWEST, _WIDEST = 60, 120


def width() -> int:
    """Return how many columns a line may have."""
    return max(_NARROWEST, min(shutil.get_terminal_size((100, 24)).columns, _WIDEST))


def is_coloured() -> bool:
    """Tell whether colours are wanted: on a terminal, unless NO_COLOR is set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def paint(text: str, level: Level) -> str:
    return f"\x1b[{_COLOURS[level]}m{text}\x1b[0m" if is_coloured() else text


def bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if is_coloured() else text


def dim(text: str) -> str:
    return f"\x1b[2m{text}\x1b[0m" if is_coloured() else text


def line(level: Level, name: str, text: str, *, name_width: int = 12) -> None:
    """Say one thing; what is longer than the terminal is wide goes on below its beginning."""
    indent = " " * (name_width + 4)
    first, *more = textwrap.wrap(text, width() - len(indent)) or [""]
    terminal.say(f"{paint(MARKS[level], level)} {bold(name.ljust(name_width))}  {first}")
    for part in more:
        terminal.say(indent + part)


def detail(word: str, text: str, *, name_width: int = 12) -> None:
    """Say why it matters or what to do, below the line it belongs to."""
    if not text:
        return
    indent = " " * (name_width + 4)
    hanging = " " * (len(word) + 2)
    wrapped = textwrap.wrap(f"{word}: {text}", width() - len(indent), subsequent_indent=hanging)
    for part in wrapped:
        terminal.say(dim(indent + part))


def findings(found: Iterable[Finding], *, name_width: int = 12) -> None:
    for finding in found:
        line(finding.level, finding.check, finding.what, name_width=name_width)
        if finding.level is not Level.GREEN:
            detail("where", finding.where, name_width=name_width)
            detail("why", finding.why, name_width=name_width)
            detail("do", finding.advice, name_width=name_width)


def cells(entries: Sequence[tuple[Level, str]], *, name_width: int = 12) -> None:
    """Say short things of one kind in columns, as many as fit."""
    if not entries:
        return
    indent = name_width + 4
    column = max(len(text) for _, text in entries) + 4
    across = max(1, (width() - indent + 2) // column)
    for start in range(0, len(entries), across):
        row = entries[start : start + across]
        drawn = [f"{paint(MARKS[level], level)} {text:<{column - 4}}" for level, text in row]
        terminal.say((" " * indent + "  ".join(drawn)).rstrip())
