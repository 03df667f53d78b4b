"""Whose cart a request means, and in which state."""

import re
from collections.abc import Collection
from typing import TypedDict

from rest_framework.request import Request

from ecommerce_backend.common.preconditions import expected_tags
from users.models import User

TOKEN_HEADER = "X-Cart-Token"  # noqa: S105

_TAG = re.compile(r'"(\d{1,10})"', re.ASCII)


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
    tags = expected_tags(request.headers)
    if tags is None:
        return None
    matches = (_TAG.fullmatch(tag) for tag in tags)
    return {int(match[1]) for match in matches if match}
