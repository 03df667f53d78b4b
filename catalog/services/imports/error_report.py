import csv
from typing import TextIO

from catalog.services.imports.formulas import defused
from catalog.services.imports.refusals import Refusal

COLUMNS = ("line", "column", "value", "code", "reason")


class ErrorReport:
    """A CSV file of refused rows, one line for each thing that is wrong with them."""

    def __init__(self, stream: TextIO) -> None:
        self._writer = csv.writer(stream)
        self._writer.writerow(COLUMNS)

    def add(self, refused: Refusal) -> None:
        for flaw in refused.flaws:
            texts = (flaw.column, flaw.value, flaw.code, flaw.reason)
            self._writer.writerow([refused.line, *map(defused, texts)])
