"""What is counted, and how it stands."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings

from ecommerce_backend.env_limits import Delay


class Policy(NamedTuple):
    """A limit of settings.RATE_LIMITS under its name: `quota` requests in any `seconds`.

    With a `delay`, requests beyond the quota pass too, but one at a time: each after twice the
    seconds of the one before, up to the longest.
    """

    name: str
    quota: int
    seconds: int
    delay: Delay | None = None

    @property
    def is_closed(self) -> bool:
        """Whether nothing passes that cannot be counted over all workers."""
        return self.name not in settings.RATE_LIMITS_OPEN


class Claim(NamedTuple):
    """One caller's wish for a place under a policy; with `places` 0 it only looks."""

    policy: Policy
    identifier: str
    places: int = 1

    @property
    def key(self) -> str:
        return f"{self.policy.name}:{self.identifier}"


class Standing(NamedTuple):
    """How a caller stands under a policy. `wait` is in seconds, until a place becomes free."""

    policy: Policy
    used: int
    wait: float

    @property
    def left(self) -> int:
        if self.policy.delay and self.wait <= 0:
            return max(1, self.policy.quota - self.used)
        return max(0, self.policy.quota - self.used)

    @property
    def reset(self) -> int:
        """Seconds for which no more than `left` can be had, rounded up."""
        return max(1, math.ceil(self.wait)) if self.used else self.policy.seconds


class Outcome(NamedTuple):
    """Whether all the places were taken, or none was, and how each claim stands now."""

    is_taken: bool
    standings: Sequence[Standing]


def policy(name: str) -> Policy:
    return Policy(name, *settings.RATE_LIMITS[name], settings.RATE_LIMITS_DELAYS.get(name))
