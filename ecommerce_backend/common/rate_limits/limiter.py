"""Counting in Redis, and what is done while Redis is away."""

from collections.abc import Sequence
from functools import cache
from typing import ClassVar

import structlog
from redis.exceptions import RedisError

from ecommerce_backend import metrics
from ecommerce_backend.common.breaker import Breaker
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.rate_limits.claims import Claim, Outcome
from ecommerce_backend.common.rate_limits.local_windows import LocalWindows
from ecommerce_backend.common.rate_limits.redis_windows import RedisWindows

PAUSE = 2  # seconds between two looks whether Redis is back

_log = structlog.get_logger("security")


class LimiterUnavailable(DomainError):
    code = "unavailable"
    message = "The shop cannot check this safely right now. Try again in a moment."
    http_status = 503
    advice = "Wait `Retry-After` seconds and try again."
    extension: ClassVar = {
        "retry_after": {"type": "integer", "minimum": 1, "maximum": 86400, "examples": [2]}
    }


class Limiter:
    """Counts over all workers; while that is impossible, per process, or refuses."""

    def __init__(self, url: str) -> None:
        self._shared = RedisWindows(url)
        self._local = LocalWindows()
        self._breaker = Breaker(
            self._shared.probe,
            pause=PAUSE,
            errors=RedisError,
            on_open=_note_failure,
            on_close=_note_return,
        )

    def take(self, claims: Sequence[Claim]) -> Outcome:
        """Take all the places or none.

        Raises LimiterUnavailable for a closed policy that cannot be counted.
        """
        if not self._breaker.is_open:
            try:
                return self._shared.take(claims)
            except RedisError as error:
                self._breaker.trip(error)
        if any(claim.policy.is_closed for claim in claims):
            raise LimiterUnavailable(retry_after=PAUSE)
        return self._local.take(claims)

    def forget(self, claim: Claim) -> None:
        """Give back all places of a caller, if Redis is there."""
        if not self._breaker.is_open:
            try:
                self._shared.forget(claim)
            except RedisError as error:
                self._breaker.trip(error)


def _note_failure(error: Exception) -> None:
    metrics.report_degraded(part="rate limits", is_degraded=True)
    _log.error("security.degraded", part="rate limits", reason=str(error))


def _note_return() -> None:
    metrics.report_degraded(part="rate limits", is_degraded=False)
    _log.warning("security.restored", part="rate limits")


@cache
def limiter_at(url: str) -> Limiter:
    """Return the one limiter of this process that counts in that Redis database."""
    return Limiter(url)
