"""Searches that found nothing, counted in Redis as they come and written down by a job.

Nobody's search waits for the database, and a flood of invented words fills neither: at most
`PENDING` different ones are counted between two jobs, and `KEPT` are written down, the most
frequent ones. What may be an address or a number of somebody is not kept at all.
"""

import re
from functools import cache
from typing import cast

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from ecommerce_backend.common.breaker import Breaker
from ecommerce_backend.common.redis_client import client_at

PENDING = 1000
KEPT = 5000
LONGEST = 60  # characters; what is longer was pasted, not sought
TIMEOUT = 0.2  # seconds
PAUSE = 2  # seconds between two looks whether Redis is back
KEY = "nexus-search-misses"
_BEING_WRITTEN = f"{KEY}:being-written"
_PERSONAL = re.compile(r"@|\d[\d ]{4,}")
_COUNT = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1
    or redis.call('HLEN', KEYS[1]) < tonumber(ARGV[2]) then
    redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
end
"""
_WRITE = """
INSERT INTO catalog_searchmiss AS kept (query, count, last_seen_on)
SELECT query, count, %s FROM unnest(%s::text[], %s::integer[]) AS missed(query, count)
ON CONFLICT (query) DO UPDATE
SET count = least(kept.count::bigint + excluded.count, 2147483647),
    last_seen_on = excluded.last_seen_on
"""
_FORGET = """
DELETE FROM catalog_searchmiss WHERE query IN (
    SELECT query FROM catalog_searchmiss ORDER BY count DESC, last_seen_on DESC, query OFFSET %s
)
"""

_log = structlog.get_logger("search")


class _Counter:
    def __init__(self, url: str) -> None:
        self._client = client_at(url, timeout=TIMEOUT)
        self._count = self._client.register_script(_COUNT)
        self._breaker = Breaker(
            self._client.ping,
            pause=PAUSE,
            errors=RedisError,
            on_open=lambda error: _log.warning("search_misses_not_counted", reason=str(error)),
            on_close=lambda: _log.info("search_misses_counted_again"),
        )

    def count(self, query: str) -> None:
        """Count one more, unless Redis is away: then it is forgotten."""
        if self._breaker.is_open:
            return
        try:
            self._count([KEY], [query, PENDING])
        except RedisError as error:
            self._breaker.trip(error)

    def take(self) -> dict[str, int]:
        """Return what was counted. It is there again at the next call until `clear`.

        Raises RedisError.
        """
        if not self._client.exists(_BEING_WRITTEN) and self._client.exists(KEY):
            self._client.rename(KEY, _BEING_WRITTEN)
        found = cast("dict[bytes, bytes]", self._client.hgetall(_BEING_WRITTEN))
        return {query.decode(): int(count) for query, count in found.items()}

    def clear(self) -> None:
        self._client.delete(_BEING_WRITTEN)


@cache
def _counter(url: str) -> _Counter:
    return _Counter(url)


def note_miss(typed: str, *, plain: str) -> None:
    """Count a search that found nothing, given as typed and in plain words."""
    if plain and len(plain) <= LONGEST and not _PERSONAL.search(typed):
        _counter(settings.REDIS_STATE_URL).count(plain)


def write_misses() -> int:
    """Write down what was counted since the last time; return how many different searches.

    Raises RedisError. What was written but not yet cleared when a worker dies is counted twice.
    """
    counter = _counter(settings.REDIS_STATE_URL)
    missed = counter.take()
    if missed:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WRITE, [timezone.localdate(), list(missed), list(missed.values())])
            cursor.execute(_FORGET, [KEPT])
        counter.clear()
    return len(missed)
