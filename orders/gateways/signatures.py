"""Signed notices: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, as card providers do it."""

import hashlib
import hmac
import re
import time

from orders.gateways.base import SignatureInvalid

TOLERANCE_SECONDS = 300

_FORM = re.compile(r"t=(?P<moment>[0-9]{1,12}),v1=(?P<digest>[0-9a-f]{64})", re.ASCII)


def sign(body: bytes, *, secret: str, moment: int | None = None) -> str:
    """Return the header value for a body sent now, or at another unix time."""
    moment = int(time.time()) if moment is None else moment
    return f"t={moment},v1={_digest(body, secret, moment)}"


def verify(body: bytes, *, header: str, secret: str) -> None:
    """Accept a body that was signed with our secret within the last five minutes.

    Raises SignatureInvalid.
    """
    parts = _FORM.fullmatch(header)
    if parts is None:
        raise SignatureInvalid
    moment = int(parts["moment"])
    if not hmac.compare_digest(parts["digest"], _digest(body, secret, moment)):
        raise SignatureInvalid
    if abs(time.time() - moment) > TOLERANCE_SECONDS:
        raise SignatureInvalid


def _digest(body: bytes, secret: str, moment: int) -> str:
    return hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
