"""The settings that are addresses: of the shop, of who may call it, and of its servers."""

import os
import re
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import environ

from ecommerce_backend import redis_servers
from ecommerce_backend.env import given, refusal, required, words
from ecommerce_backend.redaction import hide

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SHOP = "https://shop.example"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.ASCII)
_DATABASE = "postgresql://shop:password@127.0.0.1:5432/shop"
_TLS_DATABASE = f"{_DATABASE}?sslmode=verify-full&sslrootcert=/run/secrets/database_ca"
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
_REDIS = "redis://127.0.0.1:6379/0"
_SENTINELS = "redis+sentinel://10.0.0.1:26379,10.0.0.2:26379,10.0.0.3:26379/shop/0"
# Private networks are no wider than this (RFC 1918, RFC 4193); wider means the internet.
_WIDEST = {4: 8, 6: 7}


def base_url(name: str) -> str:
    """Return the address people reach the shop at, without a trailing slash.

    Plain HTTP is for a shop on one's own machine only.
    Raises ImproperlyConfigured.
    """
    url = required(name, example=_SHOP)
    _refuse_odd_origin(name, re.sub(r"(?<=[^/])/$", "", url), example=_SHOP)
    return url.removesuffix("/")


def origins(name: str) -> list[str]:
    """Return the addresses of web pages that may call the API, written as browsers send them.

    Raises ImproperlyConfigured.
    """
    listed = words(name)
    for origin in listed:
        _refuse_odd_origin(name, origin, example="https://www.shop.example")
    return listed


def origin(name: str, *, example: str) -> str:
    """Return one such address, an empty text when it is not set.

    Raises ImproperlyConfigured.
    """
    if url := given(name):
        _refuse_odd_origin(name, url, example=example)
    return url


def _refuse_odd_origin(name: str, url: str, *, example: str) -> None:
    shown = "what was given" if "@" in url else repr(url)  # a password may stand before it
    parts = _parsed(url)
    if parts is None or url != f"{parts.scheme}://{parts.netloc}".lower():
        raise refusal(name, f"must look like {example}, not {shown}", example=example)
    is_bare = "@" not in url and not parts.netloc.endswith(":") and _is_host(parts.hostname)
    if parts.scheme not in {"http", "https"} or not is_bare:
        raise refusal(name, f"must look like {example}, not {shown}", example=example)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise refusal(name, f"must use https outside this machine, not {shown}", example=example)


def _parsed(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_reachable = parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return None
    return parts if is_reachable else None


def _is_host(host: str | None) -> bool:
    try:
        return not ip_address(host or "").is_unspecified  # 0.0.0.0 is where one listens
    except ValueError:
        return bool(host and _HOST_NAME.fullmatch(host))


def hosts(name: str, *, base: str) -> list[str]:
    """Return the names the shop answers to; by default that of its address `base`.

    On one's own machine it answers to all names of the machine.
    Raises ImproperlyConfigured.
    """
    own = urlsplit(base).hostname or ""
    bracketed = f"[{own}]" if ":" in own else own
    listed = words(
        name, default=["localhost", "127.0.0.1", "[::1]"] if own in LOOPBACK else [bracketed]
    )
    for host in listed:
        inner = host.removeprefix("[").removesuffix("]")
        if not _is_host(inner) or (":" in inner) != host.startswith("["):
            problem = f"must list host names without scheme, port, path or *, not {host!r}"
            raise refusal(name, problem, example=bracketed)
    if bracketed not in listed:
        problem = f"must include {bracketed}, the host of SHOP_BASE_URL"
        raise refusal(name, problem, example=",".join([*listed, bracketed]))
    return listed


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks of a comma-separated list, none when it is not set.

    Raises ImproperlyConfigured.
    """
    found = []
    for text in words(name):
        try:
            found.append(ip_network(text))
        except ValueError as error:
            raise refusal(
                name, f"must list networks, not {text!r}", example="10.0.0.0/8,fd00::/8"
            ) from error
    return found


def proxies(name: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks whose X-Forwarded-For is believed; never a great part of the internet.

    Raises ImproperlyConfigured.
    """
    trusted = networks(name)
    for network in trusted:
        if network.prefixlen < _WIDEST[network.version]:
            problem = f"must name the proxies, not {network}, where anybody is"
            raise refusal(name, problem, example="10.0.0.0/8")
    return trusted


def database(name: str) -> dict[str, Any]:
    """Return Django's settings of a PostgreSQL database; options of the address are kept.

    Raises ImproperlyConfigured, which never shows the address: a password is in it.
    """
    parts = _server(name, {"postgresql", "postgres"}, "a PostgreSQL database", example=_DATABASE)
    if not re.fullmatch(r"/[^/]+", parts.path) or parts.fragment:
        raise refusal(name, "must end in the name of a database", example=_DATABASE)
    ssl_mode = dict(parse_qsl(parts.query)).get("sslmode", "prefer")
    if ssl_mode not in _SSL_MODES:
        raise refusal(
            name, f"has an sslmode that PostgreSQL does not know: {ssl_mode!r}", example=_DATABASE
        )
    authority = dict(parse_qsl(parts.query)).get("sslrootcert", "system")
    if authority != "system" and not os.access(authority, os.R_OK):
        raise refusal(
            name, f"names an sslrootcert that cannot be read: {authority!r}", example=_TLS_DATABASE
        )
    configured: dict[str, Any] = environ.Env.db_url_config(parts.geturl())
    return configured


def redis(name: str) -> str:
    """Return the address of a Redis database, in a form that redis_servers knows.

    Raises ImproperlyConfigured, which never shows the address: a password is in it.
    """
    address = required(name, example=_REDIS)
    if redis_servers.is_watched(address):
        try:
            redis_servers.watched(address)
        except ValueError as error:
            problem = (
                "must list Sentinels, then the name of the primary and the number of a database"
            )
            raise refusal(name, problem, example=_SENTINELS) from error
        return address
    parts = _server(name, {"redis", "rediss"}, "a Redis server", example=_REDIS)
    if not parts.hostname or not re.fullmatch(r"(/\d{0,4})?", parts.path, re.ASCII):
        raise refusal(name, "must end in the number of a database", example=_REDIS)
    return parts.geturl()


def _server(name: str, schemes: Collection[str], what: str, *, example: str) -> SplitResult:
    parts = _parsed(required(name, example=example))
    if parts is None:
        problem = "cannot be read; special characters in it must be percent-encoded"
        raise refusal(name, problem, example=example)
    if parts.scheme not in schemes or "://" not in given(name):
        raise refusal(name, f"must be the address of {what}", example=example)
    hide(unquote(parts.password or ""))
    return parts


def http_address(name: str, *, example: str) -> str:
    """Return where something is sent over HTTP, nothing when it is not set.

    Raises ImproperlyConfigured, which never shows the address: a key may be in it.
    """
    if not given(name):
        return ""
    parts = _server(name, {"http", "https"}, "a server of HTTP", example=example)
    if not parts.hostname:
        raise refusal(name, "must name a host", example=example)
    hide(parts.username or "")
    return parts.geturl()


def contact(name: str, *, base: str) -> str:
    """Return where to report a weakness (RFC 9116 §2.5.3); by default the mailbox of RFC 2142 §4.

    Raises ImproperlyConfigured.
    """
    example = f"mailto:security@{mail_domain(urlsplit(base).hostname or '')}"
    value = given(name) or example
    form = r"(mailto:[^@\s]+@[^@\s]+|https://[^\s/]+\S*|tel:\+[0-9-]+)"
    if not value.isprintable() or not re.fullmatch(form, value):
        problem = f"must be a mailto:, https: or tel: address, not {value!r}"
        raise refusal(name, problem, example=example)
    return value


def mail_domain(host: str) -> str:
    """Return the host as it stands behind an @; a bare address in brackets (RFC 5321 §4.1.3)."""
    if ":" in host:
        return f"[IPv6:{host}]"
    return f"[{host}]" if re.fullmatch(r"[\d.]+", host, re.ASCII) else host
