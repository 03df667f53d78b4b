"""What a mailed link carries: signed, for one purpose, for a while, and once.

Nothing is stored, so that a copy of the database opens nothing. A link holds a digest of the state
it was made in; whatever it does changes that state, and so does a change of password or address.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from users.models import User


class Purpose(StrEnum):
    """What a link is for; the value is its path on the storefront."""

    VERIFY_EMAIL = "verify-email"
    RESET_PASSWORD = "reset-password"  # noqa: S105
    CHANGE_EMAIL = "change-email"


LIFETIMES = {
    Purpose.VERIFY_EMAIL: timedelta(days=3),
    Purpose.RESET_PASSWORD: timedelta(minutes=30),
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A link that was good when it was looked at; `extra` is what was put in."""

    user: User
    extra: str


def make(purpose: Purpose, user: User, *, extra: str = "") -> str:
    """Return the token of a link for one account."""
    payload = {"user": user.pk, "state": _state(user), "extra": extra}
    return signing.dumps(payload, salt=_salt(purpose))


def url(purpose: Purpose, token: str) -> str:
    """Return where the link leads: a page of the storefront, whatever host a request named."""
    return f"{settings.STOREFRONT_URL}/account/{purpose}/?{urlencode({'token': token})}"


def opened(purpose: Purpose, token: str) -> Opened | None:
    """Return what a token opens, its account locked until the transaction ends.

    None when it is used, too old, for something else, or forged: the difference is nobody's.
    """
    try:
        payload: Any = signing.loads(token, salt=_salt(purpose), max_age=LIFETIMES[purpose])
    except signing.BadSignature:
        return None
    user = (
        User.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=payload["user"], is_active=True)
        .first()
    )
    if user is None or not constant_time_compare(payload["state"], _state(user)):
        return None
    return Opened(user=user, extra=payload["extra"])


def _salt(purpose: Purpose) -> str:
    return f"users.links.{purpose}"


def _state(user: User) -> str:
    facts = [user.password, user.email, str(user.email_verified_at)]
    return salted_hmac("users.links.state", "\n".join(facts)).hexdigest()[:32]
