"""The two JWTs of a session. simplejwt signs and checks them; `services.sessions` decides."""

import hashlib
import hmac
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken
from rest_framework_simplejwt.tokens import RefreshToken as SignedRefreshToken

SESSION_CLAIM = "sid"


def read_access(raw: Any) -> AccessToken:
    """Return a token of a request, signed by either key. Raises TokenError."""
    try:
        return AccessToken(raw)
    except TokenError:
        if not settings.JWT_SIGNING_KEY_PREVIOUS:
            raise
        return _PreviousAccessToken(raw)


def read_refresh(raw: Any) -> SignedRefreshToken:
    """Return a token that asks for the next pair, signed by either key. Raises TokenError."""
    try:
        return SignedRefreshToken(raw)
    except TokenError:
        if not settings.JWT_SIGNING_KEY_PREVIOUS:
            raise
        return _PreviousRefreshToken(raw)


class _OfPreviousKey:
    """Verifies by the key that was or will be, while the keys are being changed."""

    @property
    def token_backend(self) -> TokenBackend:
        return TokenBackend(
            api_settings.ALGORITHM,
            settings.JWT_SIGNING_KEY_PREVIOUS,
            audience=api_settings.AUDIENCE,
            issuer=api_settings.ISSUER,
            leeway=api_settings.LEEWAY,
        )


class _PreviousAccessToken(_OfPreviousKey, AccessToken):
    pass


class _PreviousRefreshToken(_OfPreviousKey, SignedRefreshToken):  # type: ignore[misc]  # its own bases differ
    pass


def new_jti() -> str:
    return uuid4().hex


def successor_jti(jti: str) -> str:
    """Return the id that the token after this one has.

    It follows from the old id and our key alone, so that a lost answer can be given again while
    the database holds nothing but digests.
    """
    return _successor(jti, settings.JWT_SIGNING_KEY)


def possible_successors(jti: str) -> dict[str, str]:
    """Return the id that the token after this one may have got, of either key, by its digest."""
    keys = filter(None, (settings.JWT_SIGNING_KEY, settings.JWT_SIGNING_KEY_PREVIOUS))
    return {digest(successor): successor for successor in (_successor(jti, key) for key in keys)}


def _successor(jti: str, key: str) -> str:
    return hmac.new(key.encode(), jti.encode(), hashlib.sha256).hexdigest()[:32]


def digest(jti: str) -> str:
    return hashlib.sha256(jti.encode()).hexdigest()


def sign_refresh(*, session_id: int, jti: str, issued_at: datetime, expires_at: datetime) -> str:
    """Return the refresh token with these claims; the same claims give the same token."""
    token = SignedRefreshToken()
    token[SESSION_CLAIM] = session_id
    token["jti"] = jti
    token["iat"] = int(issued_at.timestamp())
    token["exp"] = int(expires_at.timestamp())
    return str(token)


def sign_access(*, session_id: int) -> str:
    token = AccessToken()
    token[SESSION_CLAIM] = session_id
    return str(token)
