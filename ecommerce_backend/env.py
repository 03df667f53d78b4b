"""Read settings from the environment, and fail at start-up rather than at the first request.

Any variable can also be given as a file: `NAME_FILE=/run/secrets/name` (for container secrets).
"""

from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.FileAwareEnv()

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def base_url(name: str) -> str:
    """Return the address people reach the shop at, without a trailing slash.

    Plain HTTP is for a shop on one's own machine only.
    Raises ImproperlyConfigured.
    """
    url: str = env.str(name)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
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
