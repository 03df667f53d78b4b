"""What every part of the seeding goes by."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

# Called once per part with its title and number of steps; the answer is called after each step.
Progress = Callable[[str, int], Callable[[], None]]


def quiet(title: str, steps: int) -> Callable[[], None]:  # noqa: ARG001 - nobody watches
    """Show nothing."""
    return lambda: None


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One source of chance, so that the same shop comes out each time, and one present moment."""

    random: Random
    now: datetime
    scale: float
    progress: Progress

    def share(self, count: int, *, least: int = 1) -> int:
        """Return how many of this many a shop of this scale has."""
        return max(least, round(count * self.scale))

    def ago(self, least: float, most: float) -> datetime:
        """Return a moment that was between so many days ago."""
        return self.now - timedelta(days=self.random.uniform(least, most))
