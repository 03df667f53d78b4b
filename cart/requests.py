"""Whose cart a request means, and in which state."""

import re
from collections.abc import Collection
from typing import TypedDict

from django.utils.http import parse_etags
from rest_framework.request import Request

from users.models import User

TOKEN_HEADER = "X-Cart-Token"  # noqa: S105

# A proxy that compresses an answer marks its tag as weak; it names the same version all the same.
_TAG = re.compile(r'(?:W/)?"(\d{1,10})"', re.ASCII)


class Caller(TypedDict):
    """What services ask to find a cart."""

    user: User | None
    token: str | None


class Writer(Caller):
    """A caller who may have said which versions of the cart to change."""

    expected_versions: Collection[int] | None


def caller(request: Request) -> Caller:
    """Return whose cart it is: a customer's own, else that of the guest's token."""
    user = request.user if isinstance(request.user, User) else None
    return {"user": user, "token": request.headers.get(TOKEN_HEADER)}


def writer(request: Request) -> Writer:
    return {**caller(request), "expected_versions": _expected_versions(request)}


def _expected_versions(request: Request) -> Collection[int] | None:
    """Read If-Match (RFC 9110 §13.1.1); a tag that is not one of ours matches nothing."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    matches = (_TAG.fullmatch(tag) for tag in parse_etags(header))
    return {int(match[1]) for match in matches if match}
