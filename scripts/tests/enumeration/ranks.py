"""Whether two lots of times can be told apart."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import NormalDist, median
from typing import NamedTuple


class Verdict(NamedTuple):
    """How two lots differ: medians in milliseconds, and how likely such ranks are by chance."""

    median: float
    others_median: float
    p: float

    @property
    def difference(self) -> float:
        return self.median - self.others_median


def compare(times: Sequence[float], others: Sequence[float]) -> Verdict:
    return Verdict(median(times), median(others), mann_whitney(times, others))


def mann_whitney(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the two-sided p of the rank test of Mann and Whitney.

    By the normal approximation, corrected for ties and continuity; good from twenty values each.
    """
    pooled = sorted([*first, *second])
    ranks = _mean_ranks(pooled)
    n, m = len(first), len(second)
    u = sum(ranks[value] for value in first) - n * (n + 1) / 2
    ties = sum(count**3 - count for count in Counter(pooled).values())
    variance = n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1)))
    if not variance:
        return 1.0
    z = max(0.0, abs(u - n * m / 2) - 0.5) / math.sqrt(variance)
    return 2 * (1 - NormalDist().cdf(z))


def _mean_ranks(pooled: Sequence[float]) -> dict[float, float]:
    """Return the rank of each value, equal ones sharing the mean of theirs."""
    places: dict[float, list[int]] = {}
    for rank, value in enumerate(pooled, start=1):
        places.setdefault(value, []).append(rank)
    return {value: sum(ranks) / len(ranks) for value, ranks in places.items()}
