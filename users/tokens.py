"""The two JWTs of a session. simplejwt signs and checks them; `services.sessions` decides.

Each names the key that signed it (`kid`, RFC 7515 §4.1.4), and that key alone is tried. A header
says nothing else than we write into it: whatever it offers besides is a reason to refuse.
"""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

import jwt
from django.conf import settings
from jwt.utils import base64url_decode
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, Token
from rest_framework_simplejwt.tokens import RefreshToken as SignedRefreshToken

SESSION_CLAIM = "sid"
MAX_LENGTH = 2048  # characters; ours have some four hundred
_MAX_ID = 2**63 - 1


class KeyRing(TokenBackend):
    """Signs by the present key, and verifies by that of ours which a token names."""

    def __init__(self) -> None:
        super().__init__(
            api_settings.ALGORITHM,
            audience=api_settings.AUDIENCE,
            issuer=api_settings.ISSUER,
            leeway=api_settings.LEEWAY,
        )

    def encode(self, payload: dict[str, Any]) -> str:
        return jwt.encode(
            {**payload, "aud": self.audience, "iss": self.issuer},
            settings.JWT_SIGNING_KEY,
            algorithm=self.algorithm,
            headers={"kid": key_id(settings.JWT_SIGNING_KEY)},
        )

    def get_verifying_key(self, token: Any) -> str:
        header = _members(str(token).partition(".")[0])
        for key in filter(None, (settings.JWT_SIGNING_KEY, settings.JWT_SIGNING_KEY_PREVIOUS)):
            if header == {"alg": self.algorithm, "kid": key_id(key), "typ": "JWT"}:
                return str(key)
        raise jwt.InvalidTokenError

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """Return the claims, of which each is there once. Raises TokenBackendError."""
        claims = super().decode(token, verify)
        if _members(str(token).split(".")[1]) != claims:
            raise TokenBackendError
        return claims


class _OfSession(Token):
    """Carries the id of a session and its own."""

    _token_backend = KeyRing()

    def verify(self) -> None:
        super().verify()
        session_id = self.payload.get(SESSION_CLAIM)
        if type(session_id) is not int or not 0 < session_id <= _MAX_ID:
            raise TokenError
        if not isinstance(self.payload["jti"], str):
            raise TokenError


class _Access(_OfSession, AccessToken):
    pass


class _Refresh(_OfSession, SignedRefreshToken):  # type: ignore[misc]  # its own bases differ
    pass


def session_of_access(raw: str) -> int:
    """Return the id of the session that an access token of a request names. Raises TokenError."""
    session_id: int = _read(_Access, raw)[SESSION_CLAIM]
    return session_id


class Named(NamedTuple):
    """What a refresh token says of itself."""

    session_id: int
    jti: str


def read_refresh(raw: str) -> Named:
    """Return which session and which of its tokens asks for the next pair. Raises TokenError."""
    token = _read(_Refresh, raw)
    return Named(token[SESSION_CLAIM], token["jti"])


def _read(kind: type[_OfSession], raw: Any) -> _OfSession:
    if len(raw) > MAX_LENGTH:
        raise TokenError
    try:
        return kind(raw)
    except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
        # Deep, endless or mistyped: the libraries look for less than can be sent.
        raise TokenError from error


def _members(segment: str) -> dict[str, Any]:
    """Return what is in a part of a token. Raises ValueError where a name comes twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            raise ValueError
        return members

    members = json.loads(base64url_decode(segment), object_pairs_hook=once)
    if not isinstance(members, dict):
        raise TypeError
    return members


def key_id(key: str) -> str:
    """Return the name of a key, which tells nothing of it."""
    return hashlib.sha256(b"nexus kid " + key.encode()).hexdigest()[:16]


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
    token = _Refresh()
    token[SESSION_CLAIM] = session_id
    token["jti"] = jti
    token["iat"] = int(issued_at.timestamp())
    token["exp"] = int(expires_at.timestamp())
    return str(token)


def sign_access(*, session_id: int) -> str:
    token = _Access()
    token[SESSION_CLAIM] = session_id
    return str(token)
