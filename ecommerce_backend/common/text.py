"""What people may write: text that looks the same is the same, and shows all it holds."""

import re
from itertools import groupby
from unicodedata import category, normalize

MAX_MARKS = 8  # accents on one letter; no language needs more than five
MAX_EXPANSION = 4  # composing (NFC) makes at most one character of that many

# They join letters in Persian, Indic scripts and emoji; anywhere else they only hide.
_STRAY_JOINER = re.compile(r"(?<!\S)[\u200c\u200d]|[\u200c\u200d](?![^\s\u200c\u200d])")
_JOINERS = frozenset("\u200c\u200d")
_BREAKS = frozenset("\n\t")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def composed(text: str) -> str:
    """Return the text in Unicode's NFC, lines ending in a line feed. Check it first."""
    return normalize("NFC", text.replace("\r\n", "\n"))


def hides_something(text: str, *, is_one_line: bool) -> bool:
    """Tell whether there are control characters, direction overrides or invisible ones in it."""
    allowed = _JOINERS if is_one_line else _JOINERS | _BREAKS
    if not is_one_line:
        text = text.replace("\r\n", "\n")
    if any(category(mark) in _UNSEEN and mark not in allowed for mark in text):
        return True
    return _STRAY_JOINER.search(text) is not None


def piles_up_marks(text: str) -> bool:
    """Tell whether a letter carries more accents than can be read.

    To put them in order takes the square of their number, so that this comes before `composed`.
    """
    runs = groupby(text, lambda mark: category(mark) in {"Mn", "Me"})
    return not text.isascii() and any(
        is_mark and sum(1 for _ in marks) > MAX_MARKS for is_mark, marks in runs
    )
