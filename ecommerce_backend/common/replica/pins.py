"""Who wrote something lately, and so must read from where it was written.

For as long as a replica may be behind, and a second more for the clocks. Kept in Redis, because the
next request may meet another worker or host; while Redis is away, everybody reads from the primary.
"""

import hashlib
from collections.abc import Collection, Iterator
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from ecommerce_backend.common.breaker import Breaker
from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.rate_limits import network_of
from ecommerce_backend.common.redis_client import client_at

PREFIX = "nexus-wrote"
PAUSE = 2  # seconds between two looks whether Redis is back
_HEADERS = ("Authorization", "X-Cart-Token", "X-Order-Token")


def marks_of(request: HttpRequest, response: HttpResponse | None = None) -> frozenset[str]:
    """Return all that the caller can be known by again, digested: tokens are secrets.

    A network is one of them, for who has no token, or another one since.
    """
    return frozenset(_digested(mark) for mark in _marks(request, response))


def _marks(request: HttpRequest, response: HttpResponse | None) -> Iterator[str]:
    yield f"network {network_of(client_address(request))}"
    for header in _HEADERS:
        for token in (request.headers.get(header), response and response.get(header)):
            if token:
                yield f"{header} {token}"
    if session := request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        yield f"session {session}"


def _digested(mark: str) -> str:
    return f"{PREFIX}:{hashlib.sha256(mark.encode()).hexdigest()[:32]}"


def pin(marks: Collection[str]) -> None:
    """Remember that whoever these are wrote something."""
    if _breaker().is_open:
        return
    try:
        with client_at(settings.REDIS_STATE_URL).pipeline(transaction=False) as redis:
            for mark in marks:
                redis.set(mark, 1, ex=settings.REPLICA_MAX_LAG_SECONDS + 1)
            redis.execute()
    except RedisError as error:
        _breaker().trip(error)


def is_pinned(marks: Collection[str]) -> bool:
    """Tell whether one of them wrote lately; when nobody knows, that is a yes."""
    if _breaker().is_open:
        return True
    try:
        return bool(client_at(settings.REDIS_STATE_URL).exists(*marks))
    except RedisError as error:
        _breaker().trip(error)
        return True


@cache
def _breaker() -> Breaker:
    return Breaker(
        lambda: client_at(settings.REDIS_STATE_URL).ping(),
        pause=PAUSE + settings.REPLICA_MAX_LAG_SECONDS,  # what was not noted meanwhile is history
        errors=RedisError,
        on_open=lambda _: None,  # the limits, which are counted there too, say so already
        on_close=lambda: None,
    )
