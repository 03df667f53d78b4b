"""The settings of the mail that the shop sends."""

import re
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from ecommerce_backend.env import given, refusal

TIMEOUT = 10  # seconds
_EXAMPLE = "smtp+tls://user:password@mail.example:587"
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_ADDRESS = r"[^@\s<>,;:\"]+@(?:[^@\s<>,;:\"\[]+|\[[\w.:]+\])"
_MAILBOX = rf"{_ADDRESS}|[^@<>,;:\"]+ <{_ADDRESS}>"
_BACKENDS = "django.core.mail.backends"


def mail_server(name: str) -> dict[str, Any]:
    """Return Django's settings of the server that takes the shop's mail; without one, none is sent.

    `smtp+tls` begins in the clear and upgrades, `smtps` is TLS from the start, `file:///folder`
    keeps mails as files. Raises ImproperlyConfigured, which never shows the address: a password
    is in it.
    """
    value = given(name)
    if not value:
        return {"EMAIL_BACKEND": f"{_BACKENDS}.dummy.EmailBackend"}
    parts = _parsed(value)
    if parts is None or parts.scheme not in {*_PORTS, "file"} or parts.query or parts.fragment:
        raise refusal(name, "must be the address of a mail server", example=_EXAMPLE)
    if parts.scheme == "file":
        if parts.netloc or len(parts.path) < len("/a"):
            raise refusal(name, "must name a folder", example="file:///srv/mails")
        return {
            "EMAIL_BACKEND": f"{_BACKENDS}.filebased.EmailBackend",
            "EMAIL_FILE_PATH": parts.path,
        }
    if not parts.hostname or parts.path.strip("/"):
        raise refusal(name, "must be the address of a mail server", example=_EXAMPLE)
    return {
        "EMAIL_BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": TIMEOUT,
    }


def sender(name: str, *, default: str) -> str:
    """Return whom mail comes from, such as `Nexus <shop@shop.example>` (RFC 5322 §3.4).

    Raises ImproperlyConfigured.
    """
    value = given(name) or default
    if not value.isprintable() or not re.fullmatch(_MAILBOX, value):
        raise refusal(name, f"must be one mail address, not {value!r}", example=default)
    return value


def _parsed(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_reachable = parts.port != 0
    except ValueError:  # a port that is none
        return None
    return parts if is_reachable else None
