"""What one line of the status says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.deploy.findings import Level


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the installation. `cells` are things of one kind, each with its own colour."""

    name: str
    level: Level
    text: str
    cells: Sequence[tuple[Level, str]] = ()
    facts: dict[str, Any] = field(default_factory=dict)  # for --json

    def as_json(self) -> dict[str, Any]:
        return {"level": self.level.label, "text": self.text, **self.facts}
