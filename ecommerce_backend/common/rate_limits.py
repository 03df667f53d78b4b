"""Limits that hold over all workers: counted in Redis by the `limits` library, atomically."""

import math
import time
from functools import cache
from ipaddress import IPv4Address, IPv6Network, ip_address

from django.conf import settings
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from ecommerce_backend.common.errors import DomainError


class RateLimited(DomainError):
    code = "rate_limited"
    message = "Too many requests. Wait before you try again."
    http_status = 429


class LimiterUnavailable(DomainError):
    code = "unavailable"
    message = "The shop cannot check this safely right now. Try again in a moment."
    http_status = 503


def spend(name: str, *identifiers: str) -> None:
    """Count one request against a limit of RATE_LIMITS and refuse it when there is none left.

    Raises RateLimited with `retry_after` in seconds, and LimiterUnavailable when Redis is away,
    because the limits here guard sign-in and must not fail open.
    """
    limit = _limit(name)
    try:
        if _limiter().hit(limit, name, *identifiers):
            return
        resets_at = _limiter().get_window_stats(limit, name, *identifiers).reset_time
    except StorageError as error:
        raise LimiterUnavailable(retry_after=2) from error
    raise RateLimited(policy=name, retry_after=max(1, math.ceil(resets_at - time.time())))


def network_of(address: str) -> str:
    """Return what one household or server controls: the IPv4 address, or the IPv6 /64."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((ip, 64), strict=False))


@cache
def _limit(name: str) -> RateLimitItem:
    return parse(settings.RATE_LIMITS[name])


@cache
def _limiter() -> MovingWindowRateLimiter:
    storage = RedisStorage(
        settings.REDIS_URL,
        wrap_exceptions=True,
        key_prefix="nexus-limits",
        socket_timeout=1,
        socket_connect_timeout=1,
    )
    return MovingWindowRateLimiter(storage)
