"""An account's second factor: beginning, confirming and ending it, and its recovery codes."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from ecommerce_backend.common import audit, events
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from users import totp
from users.models import LoginSession, RecoveryCode, SecondFactor, User
from users.services import codes, mailing, sessions
from users.services.accounts import lock_account
from users.services.codes import WrongCode
from users.services.reauthentication import reauthenticate


class SecondFactorActive(DomainError):
    code = "second_factor_active"
    message = "The account has a second factor already. Remove it before another one is added."
    advice = "Show that it is on; offer to remove it."


class SecondFactorMissing(DomainError):
    code = "second_factor_missing"
    message = "There is no second factor here. Begin with one first."
    advice = "Begin anew (`POST auth/totp/`) and show the QR code."


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """What somebody needs once, to put the account into their app."""

    secret: str
    uri: str
    qr_code: str
    sealed_secret: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Whether an account has a second factor, and how many recovery codes it has left."""

    is_active: bool
    recovery_codes_left: int


def standing_of(user: User) -> Standing:
    if not user.has_second_factor:
        return Standing(is_active=False, recovery_codes_left=0)
    left = RecoveryCode.objects.filter(factor__user=user, used_at=None).count()
    return Standing(is_active=True, recovery_codes_left=left)


def enrol(*, user: User, password: str) -> Enrolment:
    """Make a secret for whoever knows the password; it counts once it is confirmed.

    Raises SecondFactorActive, AccountClosed and what `reauthenticate` raises.
    """
    if user.has_second_factor:
        raise SecondFactorActive
    reauthenticate(user=user, password=password)
    return begin(user=user)


@transaction.atomic
def begin(*, user: User) -> Enrolment:
    """Make a secret in place of one that was begun before.

    Raises SecondFactorActive and AccountClosed.
    """
    _lock(user)
    if user.has_second_factor:
        raise SecondFactorActive
    sealed = totp.seal(totp.new_secret())
    fresh = {"sealed_secret": sealed, "last_step": None, "created_at": timezone.now()}
    SecondFactor.objects.update_or_create(user=user, defaults=fresh)
    return _enrolment(user, sealed)


def begun(*, user: User, sealed_secret: str) -> Enrolment | None:
    """Return what was begun with that very secret, to be shown again; None when it was replaced.

    What somebody else began, who knows the password too, must not become the owner's.
    """
    is_present = SecondFactor.objects.filter(user=user, sealed_secret=sealed_secret).exists()
    if not is_present or user.has_second_factor:
        return None
    return _enrolment(user, sealed_secret)


def confirm(*, user: User, otp: str, session: LoginSession | None = None) -> list[str]:
    """Let the second factor count from now on, by its first code; return the recovery codes.

    Every other session ends, since none of them has shown it; `session` counts as having done so.
    Raises SecondFactorActive, SecondFactorMissing, WrongCode, AccountClosed, RateLimited and
    LimiterUnavailable.
    """
    codes.spend_try(user)
    with transaction.atomic():
        _lock(user)
        if user.has_second_factor:
            raise SecondFactorActive
        factor = SecondFactor.objects.filter(user=user).first()
        if factor is None:
            raise SecondFactorMissing
        if not codes.use_code(factor, totp.plain(otp)):
            raise WrongCode
        _mark(user, is_active=True)
        sessions.close_all_sessions(user=user, because="second factor added", keep=session)
        if session is not None:
            LoginSession.objects.filter(pk=session.pk).update(second_factor_at=timezone.now())
        _note(user, Action.SECOND_FACTOR_ADDED, "second_factor_added")
        return _make_codes(factor)


def remove_own(*, user: User, password: str, otp: str, session: LoginSession) -> None:
    """Let the password alone open the account again; every other session ends.

    Raises SecondFactorMissing, AccountClosed and what `reauthenticate` raises.
    """
    if not user.has_second_factor:
        raise SecondFactorMissing
    reauthenticate(user=user, password=password, otp=otp)
    remove(user=user, session=session)


@transaction.atomic
def remove(*, user: User, session: LoginSession | None = None) -> None:
    """Remove the second factor of whoever has just shown it. Raises AccountClosed."""
    _forget(user)
    if session is not None:
        LoginSession.objects.filter(pk=session.pk).update(second_factor_at=None)
    sessions.close_all_sessions(user=user, because="second factor removed", keep=session)
    _note(user, Action.SECOND_FACTOR_REMOVED, "second_factor_removed")


@transaction.atomic
def reset(*, user: User) -> None:
    """Remove the second factor of somebody who has lost it, and end all their sessions."""
    _forget(user)
    sessions.close_all_sessions(user=user, because="second factor reset")
    _note(user, Action.SECOND_FACTOR_RESET, "second_factor_removed")


def replace_own_recovery_codes(*, user: User, password: str, otp: str) -> list[str]:
    """Make new recovery codes; those before them no longer work.

    Raises SecondFactorMissing, AccountClosed and what `reauthenticate` raises.
    """
    if not user.has_second_factor:
        raise SecondFactorMissing
    reauthenticate(user=user, password=password, otp=otp)
    return replace_recovery_codes(user=user)


@transaction.atomic
def replace_recovery_codes(*, user: User) -> list[str]:
    """Make new recovery codes for whoever has just shown the second factor.

    Raises SecondFactorMissing and AccountClosed.
    """
    _lock(user)
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is None:
        raise SecondFactorMissing
    factor.codes.all().delete()
    _note(user, Action.RECOVERY_CODES_MADE, "recovery_codes_made")
    return _make_codes(factor)


def seal_anew() -> int:
    """Seal what the previous key sealed under the present one; return how many secrets that was.

    Afterwards the previous key can go. Raises SecretUnreadable when neither key opens one.
    """
    count = 0
    for factor in SecondFactor.objects.order_by("pk").iterator():
        if totp.is_sealed_by_present_key(factor.sealed_secret):
            continue
        sealed = totp.seal(totp.unseal(factor.sealed_secret))
        unchanged = SecondFactor.objects.filter(pk=factor.pk, sealed_secret=factor.sealed_secret)
        count += unchanged.update(sealed_secret=sealed)
    return count


def _lock(user: User) -> None:
    """Hold the account until the transaction ends, and learn how it stands now."""
    user.second_factor_at = lock_account(user).second_factor_at


def _mark(user: User, *, is_active: bool) -> None:
    user.second_factor_at = timezone.now() if is_active else None
    user.save(update_fields=["second_factor_at", "updated_at"])


def _forget(user: User) -> None:
    _lock(user)
    SecondFactor.objects.filter(user=user).delete()
    _mark(user, is_active=False)


def _make_codes(factor: SecondFactor) -> list[str]:
    made = totp.new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(factor=factor, code_hash=totp.digest(code)) for code in made]
    )
    return made


def _enrolment(user: User, sealed_secret: str) -> Enrolment:
    secret = totp.unseal(sealed_secret)
    uri = totp.uri(secret, account=user.email)
    return Enrolment(secret=secret, uri=uri, qr_code=totp.qr_code(uri), sealed_secret=sealed_secret)


def _note(user: User, action: Action, mail: str) -> None:
    audit.record(action, subject=f"user:{user.pk}")
    events.record(f"customer.{mail}", subject=f"user:{user.pk}")
    mailing.tell_later(user, mail)
