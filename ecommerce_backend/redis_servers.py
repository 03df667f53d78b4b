"""Redis at one address, or wherever Sentinels say that its primary is now.

    redis://[user:password@]host:6379/0
    redis+sentinel://[user:password@]host:26379,host:26379,host:26379/name/0

`rediss` and `rediss+sentinel` are the same over TLS. User and password are those of Redis; the
Sentinels' own password is the option `?sentinel_password=…`.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

# Seconds to connect and to answer, of which a healthy one needs a thousandth. Once per process, all
# requests under way wait for it before a breaker opens, and new ones that come meanwhile.
TIMEOUT = 0.2
SENTINEL_PORT = 26379
_SCHEME = re.compile(r"(rediss?)\+sentinel://", re.ASCII)
_HOST = r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?"
_SENTINELS = re.compile(
    rf"(?P<scheme>rediss?)\+sentinel://"
    rf"(?:(?P<user>[^:@/?#]*)(?::(?P<password>[^@/?#]*))?@)?"
    rf"(?P<hosts>{_HOST}(?:,{_HOST})*)"
    rf"/(?P<service>[A-Za-z0-9._-]+)(?:/(?P<database>\d{{0,4}}))?(?:\?(?P<options>[^#]*))?",
    re.ASCII,
)


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A primary that Sentinels watch under the name `service`."""

    sentinels: tuple[tuple[str, int], ...]
    service: str
    database: int
    connection_options: dict[str, Any]
    sentinel_options: dict[str, Any]


def is_watched(url: str) -> bool:
    return _SCHEME.match(url) is not None


def watched(url: str) -> Watched:
    """Read an address that names Sentinels.

    Raises ValueError, which never shows the address: a password is in it.
    """
    found = _SENTINELS.fullmatch(url)
    options = dict(parse_qsl(found["options"] or "")) if found else {}
    if found is None or options.keys() - {"sentinel_password"}:
        raise ValueError
    tls = {"ssl": True} if found["scheme"] == "rediss" else {}
    credentials = {"username": found["user"], "password": found["password"]}
    password = options.get("sentinel_password")
    return Watched(
        sentinels=tuple(_host_and_port(host) for host in found["hosts"].split(",")),
        service=found["service"],
        database=int(found["database"] or 0),
        connection_options={name: unquote(value) for name, value in credentials.items() if value}
        | tls,
        sentinel_options=({"password": password} if password else {}) | tls,
    )


def _host_and_port(text: str) -> tuple[str, int]:
    """Raises ValueError for a port that is none."""
    host, colon, port = text.rpartition(":") if re.search(r":\d+$", text) else (text, "", "")
    number = int(port) if colon else SENTINEL_PORT
    if not 0 < number < 65536:  # noqa: PLR2004
        raise ValueError
    return host.removeprefix("[").removesuffix("]"), number


def client(url: str, *, timeout: float = TIMEOUT) -> Redis:
    """Return a client that waits `timeout` s and no more; behind Sentinels, as long for each."""
    options = _impatient(timeout)
    if not is_watched(url):
        return Redis.from_url(url, **options)
    named = watched(url)
    own = options | named.sentinel_options
    sentinels = Sentinel(named.sentinels, sentinel_kwargs=own)  # type: ignore[no-untyped-call]
    primary: Redis = sentinels.master_for(  # type: ignore[no-untyped-call]
        named.service, db=named.database, **named.connection_options, **options
    )
    return primary


def cache(url: str) -> dict[str, Any]:
    """Return Django's settings of a cache there.

    Behind Sentinels it reads from the primary too, which alone has what was written just now.
    """
    location = url
    options: dict[str, Any] = {}
    connection_options: dict[str, Any] = {}
    if is_watched(url):
        named = watched(url)
        # django-redis keeps one pool per address, and two primaries may have one name.
        hosts = "+".join(f"{host}:{port}" for host, port in named.sentinels)
        location = f"redis://{named.service}/{named.database}#{hosts}"
        options = {
            "CONNECTION_FACTORY": "django_redis.pool.SentinelConnectionFactory",
            "SENTINELS": list(named.sentinels),
            "SENTINEL_KWARGS": _impatient(TIMEOUT) | named.sentinel_options,
        }
        connection_options = named.connection_options
    return {
        "BACKEND": "ecommerce_backend.common.soft_cache.SoftCache",
        "LOCATION": location,
        "KEY_PREFIX": "nexus",
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": TIMEOUT,
            "SOCKET_TIMEOUT": TIMEOUT,
            **options,
            "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 0), **connection_options},
        },
    }


def _impatient(timeout: float) -> dict[str, Any]:
    return {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "retry": Retry(NoBackoff(), 0),  # the library's own would wait several time-outs
    }
