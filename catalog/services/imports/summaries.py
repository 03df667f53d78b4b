from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ImportSummary:
    """How far an import is, or how it ended. Counts are rows of the file."""

    created: int
    updated: int
    unchanged: int
    refused: int
    last_line: int  # of the last row that is in, or was looked at and refused
    bytes_read: int
    seconds: float
    is_dry_run: bool
    ignored_columns: tuple[str, ...]

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.refused

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds if self.seconds else 0.0
