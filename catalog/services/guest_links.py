"""What the links in mails to guests carry: signed, so that no token lies in the database."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing

from users.services.passwords import LinkInvalid

JOIN_WITHIN: Final = timedelta(days=3)
_JOIN, _LEAVE = "catalog.guest_links.join", "catalog.guest_links.leave"


def join_link(email: str, *, variant_id: int) -> str:
    """Return where an address is put in line for a variant."""
    return _page("back-in-stock", {"email": email, "variant": variant_id}, salt=_JOIN)


def leave_link(email: str) -> str:
    """Return where an address is taken out of every line, for as long as its mails are kept."""
    return _page("leave-lines", {"email": email}, salt=_LEAVE)


def opened_to_join(token: str) -> tuple[str, int]:
    """Return the address of a token and the id of what it is to wait for.

    Raises LinkInvalid.
    """
    held = _opened(token, salt=_JOIN, lifetime=JOIN_WITHIN)
    return held["email"], held["variant"]


def opened_to_leave(token: str) -> str:
    """Return the address of a token.

    Raises LinkInvalid.
    """
    return str(_opened(token, salt=_LEAVE)["email"])


def _page(name: str, held: dict[str, Any], *, salt: str) -> str:
    token = signing.dumps(held, salt=salt)
    return f"{settings.STOREFRONT_URL}/account/{name}/?{urlencode({'token': token})}"


def _opened(token: str, *, salt: str, lifetime: timedelta | None = None) -> Any:
    try:
        return signing.loads(token, salt=salt, max_age=lifetime)
    except signing.BadSignature as error:
        raise LinkInvalid from error
