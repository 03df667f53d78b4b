"""The cache of the shop, which misses while Redis is away instead of failing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django_redis.cache import RedisCache  # type: ignore[import-untyped]
from redis.exceptions import RedisError

from ecommerce_backend import metrics
from ecommerce_backend.common.breaker import Breaker

PAUSE = 2  # seconds between two looks whether Redis is back
AWAY = (RedisError, OSError)
_MISSING = object()
_breakers: dict[str, Breaker] = {}

_log = structlog.get_logger("cache")


def _softly(method: Callable[..., Any], *, away: Any) -> Callable[..., Any]:
    """Let a method of the cache return `away` while Redis is."""

    @wraps(method)
    def soft(self: "SoftCache", *args: Any, **kwargs: Any) -> Any:
        if self.breaker.is_open:
            return away
        try:
            return method(self, *args, **kwargs)
        except AWAY as error:
            self.breaker.trip(error)
            return away

    return soft


class SoftCache(RedisCache):  # type: ignore[misc]  # the library is untyped
    """For what can be had from the database as well, never for locks and counts.

    Methods of django-redis that are not here raise, as they do there.
    """

    @property
    def breaker(self) -> Breaker:
        """The one of this process; each thread has a cache of its own."""
        if self._server not in _breakers:
            _breakers.setdefault(self._server, _breaker_of(self))
        return _breakers[self._server]

    _found = _softly(RedisCache.get, away=_MISSING)
    set = _softly(RedisCache.set, away=False)
    add = _softly(RedisCache.add, away=False)
    delete = _softly(RedisCache.delete, away=False)
    has_key = _softly(RedisCache.has_key, away=False)
    touch = _softly(RedisCache.touch, away=False)
    get_many = _softly(RedisCache.get_many, away={})
    set_many = _softly(RedisCache.set_many, away=[])
    delete_many = _softly(RedisCache.delete_many, away=0)
    clear = _softly(RedisCache.clear, away=None)

    def get(self, key: Any, default: Any = None, version: Any = None, client: Any = None) -> Any:
        is_away = self.breaker.is_open
        value = self._found(key, _MISSING, version, client)
        is_hit = value is not _MISSING
        metrics.count_cache_read(outcome="skipped" if is_away else "hit" if is_hit else "miss")
        return value if is_hit else default


def _breaker_of(cache: SoftCache) -> Breaker:
    return Breaker(
        lambda: RedisCache.set(cache, "probe", 1, timeout=5),
        pause=PAUSE,
        errors=AWAY,
        on_open=_note_failure,
        on_close=_note_return,
    )


def _note_failure(error: Exception) -> None:
    metrics.report_degraded(part="cache", is_degraded=True)
    _log.error("cache.degraded", reason=str(error))


def _note_return() -> None:
    metrics.report_degraded(part="cache", is_degraded=False)
    _log.warning("cache.restored")
