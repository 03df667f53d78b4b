"""How the import says that a row stays out."""

from dataclasses import dataclass

EXCERPT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one column of a row; an empty column means the row as a whole."""

    column: str
    value: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that stays out. `line` is the physical line on which it starts, counted from 1."""

    line: int
    flaws: tuple[Flaw, ...]


class FieldRefused(Exception):
    """Raised by the rule of a column; `code` is for programs, `reason` for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def refusal(line: int, code: str, reason: str, *, column: str = "", value: object = "") -> Refusal:
    """Return a refusal with one flaw."""
    return Refusal(line, (Flaw(column, excerpt(value), code, reason),))


def excerpt(value: object) -> str:
    """Return the beginning of a value as one line that is safe to print on a terminal.

    A value may hold escape sequences, line breaks, or bytes that are no text at all.
    """
    text = "" if value is None else str(value)
    shown = "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape", "surrogatepass").decode()
        for mark in text[:EXCERPT_LENGTH]
    )
    return shown if len(text) <= EXCERPT_LENGTH else f"{shown}…"
