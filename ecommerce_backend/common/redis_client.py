from functools import cache

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


@cache
def client_at(url: str, *, timeout: float = 1) -> Redis:
    """Return the one client of this process for that address, which waits `timeout` s and no more.

    The library's own retries would make it several times that.
    """
    return Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )
