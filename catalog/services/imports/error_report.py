import csv
from typing import TextIO

from catalog.services.imports.refusals import Refusal

COLUMNS = ("line", "column", "value", "code", "reason")
# What spreadsheets take for the beginning of a formula (OWASP, CSV Injection).
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


class ErrorReport:
    """A CSV file of refused rows, one line for each thing that is wrong with them."""

    def __init__(self, stream: TextIO) -> None:
        self._writer = csv.writer(stream)
        self._writer.writerow(COLUMNS)

    def add(self, refused: Refusal) -> None:
        for flaw in refused.flaws:
            texts = (flaw.column, flaw.value, flaw.code, flaw.reason)
            self._writer.writerow([refused.line, *map(_neutral, texts)])


def _neutral(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text
