from functools import cache

from redis import Redis

from ecommerce_backend import redis_servers


@cache
def client_at(url: str, *, timeout: float = redis_servers.TIMEOUT) -> Redis:
    """Return the one client of this process for that address, which waits `timeout` s and no more.

    It may also be an address that names Sentinels (see redis_servers).
    """
    return redis_servers.client(url, timeout=timeout)
