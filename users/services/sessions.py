"""Signing in, staying signed in, signing out.

A session is a row; tokens only name it. A refresh token works once: rotation is one conditional
UPDATE, so that of many parallel refreshes exactly one mints a successor. Using a spent token again
revokes the session (RFC 9700 §4.14.2), except within a few seconds, when the answer may have been
lost on the way and the same successor is given out again.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError

from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from users import tokens
from users.models import LoginSession, RefreshToken, User

# Checked against when there is no such account, so that the answer takes as long.
_NOBODYS_PASSWORD = "no account has this password"  # noqa: S105


class InvalidCredentials(DomainError):
    code = "invalid_credentials"
    message = "The email address or the password is wrong."
    http_status = 401
    advice = "Let the person try again; do not say which of the two was wrong."


class TokenInvalid(DomainError):
    code = "token_invalid"
    message = "The refresh token is not valid; sign in again."
    http_status = 401
    advice = "Forget both tokens and let the person sign in."


class TokenReused(DomainError):
    code = "token_reused"
    message = "This refresh token was used before, so its session has been ended. Sign in again."
    http_status = 401
    advice = "Forget both tokens and let the person sign in; somebody else may hold a copy."


@dataclass(frozen=True, kw_only=True)
class TokenPair:
    """What a client holds of a session."""

    access: str
    refresh: str


def authenticate(*, email: str, password: str) -> User:
    """Return the active account with this address and password.

    Raises InvalidCredentials, the same for whatever was wrong.
    """
    user = User.objects.with_email(email).first()
    if user is None:
        check_password(password, _nobody())
        audit.record(Action.SIGN_IN_FAILED, subject=audit.NOBODY)
        raise InvalidCredentials
    if not user.check_password(password) or not user.is_active:
        audit.record(Action.SIGN_IN_FAILED, subject=f"user:{user.pk}")
        raise InvalidCredentials
    return user


@transaction.atomic
def open_session(
    *, user: User, address: str | None, user_agent: str, with_second_factor: bool = False
) -> TokenPair:
    """Begin a session on one device and return its first tokens."""
    now = timezone.now()
    session = LoginSession.objects.create(
        user=user,
        created_at=now,
        last_seen_at=now,
        expires_at=now + settings.SESSION_LIFETIME,
        second_factor_at=now if with_second_factor else None,
        address=address or None,
        user_agent=user_agent[:256],
    )
    User.objects.filter(pk=user.pk).update(last_login=now)
    audit.record(
        Action.SIGNED_IN,
        subject=f"user:{user.pk}",
        actor_id=user.pk,
        details={"door": "api", "session": session.pk},
    )
    return _mint(session, jti=tokens.new_jti(), now=now)


def refresh(*, raw: str) -> TokenPair:
    """Exchange a refresh token for the next pair.

    Raises TokenInvalid, and TokenReused after ending the session.
    """
    try:
        jti = str(tokens.read_refresh(raw)["jti"])
    except (TokenError, KeyError) as error:
        raise TokenInvalid from error
    now = timezone.now()
    with transaction.atomic():
        # Only columns of this row: a condition on the session would become a subquery, which
        # PostgreSQL does not look at again after waiting for somebody else's rotation.
        spent = RefreshToken.objects.filter(jti_hash=tokens.digest(jti), used_at=None).update(
            used_at=now
        )
        token = (
            RefreshToken.objects.select_related("session__user")
            .filter(jti_hash=tokens.digest(jti))
            .first()
        )
        if token is None or not token.session.is_live() or not token.session.user.is_active:
            raise TokenInvalid
        if spent:
            LoginSession.objects.filter(pk=token.session_id).update(last_seen_at=now)
            return _mint(token.session, jti=tokens.successor_jti(jti), now=now)
        possible = tokens.possible_successors(jti)
        successor = RefreshToken.objects.filter(jti_hash__in=possible, used_at=None).first()
        if successor is not None and token.is_in_grace(settings.REFRESH_GRACE):
            return _pair(token.session, possible[successor.jti_hash], successor)
        audit.record(
            Action.TOKEN_REUSED,
            subject=f"user:{token.session.user_id}",
            details={"session": token.session_id},
        )
        revoke_session(session=token.session, because="refresh token reused")
    raise TokenReused


def close_session(*, raw: str) -> None:
    """End the session a refresh token belongs to. A token of no live session is fine too."""
    try:
        jti = str(tokens.read_refresh(raw)["jti"])
    except (TokenError, KeyError):
        return
    session = LoginSession.objects.filter(tokens__jti_hash=tokens.digest(jti)).first()
    if session is not None:
        revoke_session(session=session, because="signed out")


@transaction.atomic
def revoke_session(*, session: LoginSession, because: str) -> None:
    """End one session; its tokens stop working with the next request."""
    LoginSession.objects.filter(pk=session.pk, revoked_at=None).update(revoked_at=timezone.now())
    audit.record(
        Action.SESSIONS_ENDED,
        subject=f"user:{session.user_id}",
        details={"session": session.pk, "because": because},
    )


@transaction.atomic
def close_all_sessions(
    *, user: User, because: str = "signed out everywhere", keep: LoginSession | None = None
) -> None:
    """End every session of an account but `keep`; tokens stop working with the next request."""
    ended = LoginSession.objects.filter(user=user, revoked_at=None)
    if keep is not None:
        ended = ended.exclude(pk=keep.pk)
    ended.update(revoked_at=timezone.now())
    audit.record(Action.SESSIONS_ENDED, subject=f"user:{user.pk}", details={"because": because})


def live_session(*, session_id: int) -> LoginSession | None:
    """Return a session that may act, with its user, in one query; None when it may not."""
    return (
        LoginSession.objects.select_related("user")
        .filter(
            pk=session_id,
            revoked_at=None,
            expires_at__gt=timezone.now(),
            user__is_active=True,
        )
        .first()
    )


def live_sessions(*, user: User) -> QuerySet[LoginSession]:
    """Return the sessions of an account that may act, the one last used first."""
    return LoginSession.objects.filter(
        user=user, revoked_at=None, expires_at__gt=timezone.now()
    ).order_by("-last_seen_at", "-pk")


def purge() -> int:
    """Delete tokens that expired and sessions that ended; return how many rows went."""
    now = timezone.now()
    spent = RefreshToken.objects.filter(expires_at__lt=now).delete()[0]
    return spent + LoginSession.objects.filter(expires_at__lt=now).delete()[0]


def _mint(session: LoginSession, *, jti: str, now: datetime) -> TokenPair:
    token = RefreshToken.objects.create(
        session=session,
        jti_hash=tokens.digest(jti),
        issued_at=now,
        expires_at=min(now + settings.REFRESH_TOKEN_LIFETIME, session.expires_at),
    )
    return _pair(session, jti, token)


def _pair(session: LoginSession, jti: str, token: RefreshToken) -> TokenPair:
    return TokenPair(
        access=tokens.sign_access(session_id=session.pk),
        refresh=tokens.sign_refresh(
            session_id=session.pk, jti=jti, issued_at=token.issued_at, expires_at=token.expires_at
        ),
    )


@cache
def _nobody() -> str:
    return make_password(_NOBODYS_PASSWORD)
