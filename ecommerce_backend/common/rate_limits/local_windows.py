"""Moving windows of one process, for while Redis is away."""

import time
from collections import defaultdict, deque
from collections.abc import Sequence
from threading import Lock

from django.conf import settings

from ecommerce_backend.common.rate_limits.claims import Claim, Outcome, Standing

MANY = 10_000


class LocalWindows:
    """Gives each process its share of a quota, so that together they let no more through.

    A quota smaller than the number of workers still gives each of them one.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._windows: defaultdict[str, deque[float]] = defaultdict(deque)
        self._tidy_at = 0.0

    def take(self, claims: Sequence[Claim]) -> Outcome:
        """Take all the places or none."""
        claims = [_share(claim) for claim in claims]
        with self._lock:
            now = time.monotonic()
            self._tidy(now)
            windows = [self._current(claim, now) for claim in claims]
            is_taken = all(
                len(window) + claim.places <= claim.policy.quota
                for claim, window in zip(claims, windows, strict=True)
                if claim.places
            )
            if is_taken:
                for claim, window in zip(claims, windows, strict=True):
                    window.extend([now + claim.policy.seconds] * claim.places)
            standings = [
                Standing(claim.policy, len(window), window[0] - now if window else 0)
                for claim, window in zip(claims, windows, strict=True)
            ]
        return Outcome(is_taken=is_taken, standings=standings)

    def _current(self, claim: Claim, now: float) -> deque[float]:
        """Return when the places under a claim will be free again, earliest first."""
        window = self._windows[claim.key]
        while window and window[0] <= now:
            window.popleft()
        return window

    def _tidy(self, now: float) -> None:
        """Forget callers who are gone, at most every minute: it takes a look at each."""
        if len(self._windows) > MANY and now >= self._tidy_at:
            self._tidy_at = now + 60
            for key in [key for key, ends in self._windows.items() if not ends or ends[-1] <= now]:
                del self._windows[key]


def _share(claim: Claim) -> Claim:
    share = max(1, claim.policy.quota // settings.WEB_WORKERS)
    return claim._replace(policy=claim.policy._replace(quota=share))
