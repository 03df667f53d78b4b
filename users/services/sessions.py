"""Signing in, staying signed in, signing out.

A session is a row; tokens only name it. A refresh token works once: rotation is one conditional
UPDATE, so that of many parallel refreshes exactly one mints a successor. Using a spent token again
revokes the session (RFC 9700 §4.14.2), except within a few seconds, when the answer may have been
lost on the way and the same successor is given out again. Spent tokens are soon forgotten: one that
we signed for a session that lives, and do not know, can only be one of those.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError

from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from users import tokens
from users.models import LoginSession, RefreshToken, StaffSession, User
from users.services import mailing

# Checked against when there is no such account, so that the answer takes as long.
_NOBODYS_PASSWORD = "no account has this password"  # noqa: S105
BATCH = 1000  # rows that one statement deletes


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
    """Begin a session on one device and return its first tokens.

    Raises InvalidCredentials for an account that has just been closed.
    """
    now = timezone.now()
    # Waits for an erasure or deactivation that is under way, and then finds nobody.
    if not User.objects.filter(pk=user.pk, is_active=True).update(last_login=now):
        raise InvalidCredentials
    session = LoginSession.objects.create(
        user=user,
        created_at=now,
        last_seen_at=now,
        expires_at=now + settings.SESSION_LIFETIME,
        second_factor_at=now if with_second_factor else None,
        address=address or None,
        user_agent=user_agent[:256],
    )
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
        session_id, jti = tokens.read_refresh(raw)
    except TokenError as error:
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
            .filter(jti_hash=tokens.digest(jti), session_id=session_id)
            .first()
        )
        session = token.session if token else live_session(session_id=session_id)
        if session is None or not session.is_live() or not session.user.is_active:
            raise TokenInvalid
        if token and spent:
            LoginSession.objects.filter(pk=session.pk).update(last_seen_at=now)
            return _mint(session, jti=tokens.successor_jti(jti), now=now)
        if token and (pair := _given_again(token, jti)):
            return pair
        _end_for_reuse(session)
    raise TokenReused


def close_session(*, raw: str) -> None:
    """End the session a refresh token belongs to. A token of no live session is fine too."""
    try:
        session_id, _ = tokens.read_refresh(raw)
    except TokenError:
        return
    session = live_session(session_id=session_id)
    if session is not None:
        revoke_session(session=session, because="signed out")


@transaction.atomic
def revoke_session(*, session: LoginSession, because: str) -> bool:
    """End one session; its tokens stop working with the next request. Tell whether it was live."""
    live = LoginSession.objects.filter(pk=session.pk, revoked_at=None)
    is_ended = live.update(revoked_at=timezone.now()) > 0
    audit.record(
        Action.SESSIONS_ENDED,
        subject=f"user:{session.user_id}",
        details={"session": session.pk, "because": because},
    )
    return is_ended


@transaction.atomic
def close_all_sessions(
    *, user: User, because: str = "signed out everywhere", keep: LoginSession | None = None
) -> None:
    """End every session of an account but `keep`, at the API and the admin.

    Their tokens and cookies stop working with the next request.
    """
    ended = LoginSession.objects.filter(user=user, revoked_at=None)
    if keep is not None:
        ended = ended.exclude(pk=keep.pk)
    ended.update(revoked_at=timezone.now())
    StaffSession.objects.filter(user=user).delete()
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
    spent_before = now - settings.REFRESH_GRACE - settings.CLOCK_SKEW
    of_no_use = Q(expires_at__lt=now) | Q(used_at__lt=spent_before) | Q(session__revoked_at__lt=now)
    rows = _delete_in_batches(RefreshToken.objects.filter(of_no_use))
    rows += _delete_in_batches(LoginSession.objects.filter(expires_at__lt=now))
    return rows + _delete_in_batches(StaffSession.objects.filter(expire_date__lt=now))


def _delete_in_batches(goners: QuerySet[Any]) -> int:
    """Delete some at a time, so that no statement holds many locks for long."""
    rows = 0
    while batch := list(goners.values_list("pk", flat=True)[:BATCH]):
        rows += goners.model._base_manager.filter(pk__in=batch).delete()[0]  # noqa: SLF001
    return rows


def _given_again(token: RefreshToken, jti: str) -> TokenPair | None:
    """Return the successor once more, to who may not have got the answer."""
    possible = tokens.possible_successors(jti)
    successor = RefreshToken.objects.filter(jti_hash__in=possible, used_at=None).first()
    if successor is None or not token.is_in_grace(settings.REFRESH_GRACE, skew=settings.CLOCK_SKEW):
        return None
    return _pair(token.session, possible[successor.jti_hash], successor)


def _end_for_reuse(session: LoginSession) -> None:
    audit.record(
        Action.TOKEN_REUSED,
        subject=f"user:{session.user_id}",
        details={"session": session.pk},
    )
    if revoke_session(session=session, because="refresh token reused"):
        mailing.tell_later(session.user, "token_reused")


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
