"""The two JWTs of a session. simplejwt signs and checks them; `services.sessions` decides."""

import hashlib
import hmac
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from rest_framework_simplejwt.tokens import AccessToken
from rest_framework_simplejwt.tokens import RefreshToken as SignedRefreshToken

SESSION_CLAIM = "sid"


def new_jti() -> str:
    return uuid4().hex


def successor_jti(jti: str) -> str:
    """Return the id that the token after this one has.

    It follows from the old id and our key alone, so that a lost answer can be given again while
    the database holds nothing but digests.
    """
    return hmac.new(settings.JWT_SIGNING_KEY.encode(), jti.encode(), hashlib.sha256).hexdigest()[
        :32
    ]


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
