"""What a look at the installation found: how bad, what, where, why it matters, what to do."""

import enum
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


class Level(enum.IntEnum):
    """How much a finding matters. A hint is advice, and changes the colour of nothing."""

    GREEN = 0
    HINT = 1
    AMBER = 2
    RED = 3

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing worth telling; every text is one sentence without a line break."""

    level: Level
    check: str  # the name of what was looked at, such as `database.locks`
    what: str
    where: str = ""
    why: str = ""
    advice: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "level": self.level.label}


def worst(levels: Iterable[Level]) -> Level:
    """Return the colour of a whole: green unless something is amber or red."""
    found = max(levels, default=Level.GREEN)
    return found if found is not Level.HINT else Level.GREEN
