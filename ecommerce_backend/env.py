"""Read settings from the environment, and fail at start-up rather than at the first request.

Any variable can also be given as a file: `NAME_FILE=/run/secrets/name` (for container secrets).
"""

import os
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SWITCH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}


class _Environment(dict[str, str]):
    """The variables, and under its plain name the content of each that names a file.

    django-environ's own FileAwareEnv keeps the line break that editors put at a file's end.
    """

    def __missing__(self, name: str) -> str:
        path = self.get(f"{name}_FILE")
        if path is None:
            raise KeyError(name)
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error


class _Env(environ.Env):  # type: ignore[misc]
    ENVIRON = _Environment(os.environ)


env = _Env()


def base_url(name: str) -> str:
    """Return the address people reach the shop at, without a trailing slash.

    Plain HTTP is for a shop on one's own machine only.
    Raises ImproperlyConfigured.
    """
    url: str = env.str(name)
    parts = urlsplit(url)
    rest = (parts.path.strip("/"), parts.query, parts.fragment, parts.username)
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(rest):
        raise ImproperlyConfigured(f"{name} must look like https://shop.example, not {url!r}.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ImproperlyConfigured(f"{name} must use https outside this machine, not {url!r}.")
    return url.rstrip("/")


def secret(name: str, *, length: int = 32) -> str:
    """Return a secret of at least `length` characters.

    Raises ImproperlyConfigured.
    """
    value: str = env.str(name)
    if len(value) < length or len(set(value)) < 8:  # noqa: PLR2004
        raise ImproperlyConfigured(f"{name} must be at least {length} random characters.")
    return value


def switch(name: str, *, default: bool) -> bool:
    """Return a yes or no.

    Raises ImproperlyConfigured, where django-environ takes whatever it does not know for a no.
    """
    value: str = env.str(name, default=str(default))
    if value.lower() not in _SWITCH:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return _SWITCH[value.lower()]


def choice(name: str, *, among: Collection[str], default: str) -> str:
    """Return one of a few words.

    Raises ImproperlyConfigured.
    """
    value: str = env.str(name, default=default)
    if value not in among:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(among)}, not {value!r}.")
    return value


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks of a comma-separated list, none when it is not set.

    Raises ImproperlyConfigured.
    """
    found = []
    for text in env.list(name, default=[]):
        try:
            found.append(ip_network(text))
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} must list networks such as 10.0.0.0/8, not {text!r}."
            ) from error
    return found
