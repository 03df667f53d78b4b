"""Codes of a second factor: who has to give one, and that each works once."""

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ecommerce_backend.common import audit, rate_limits
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from users import totp
from users.models import RecoveryCode, SecondFactor, User
from users.services import mailing
from users.services.sessions import InvalidCredentials

_log = structlog.get_logger("security")


class OtpRequired(DomainError):
    code = "otp_required"
    message = "The account has a second factor: send a code of its app, or a recovery code."
    http_status = 401
    advice = "Ask for the code and send the same request with `otp`."


class CodeRequired(DomainError):
    code = "code_required"
    message = "The account has a second factor: this takes a code of its app as well."
    http_status = 403
    advice = "Ask for the code, or a recovery code, and send the same request with `otp`."


class WrongCode(DomainError):
    code = "wrong_code"
    message = "The code is wrong, or was used already."
    http_status = 403
    advice = "Let the person type the next code that their app shows, or a recovery code."


def pass_at_sign_in(*, user: User, otp: str, address: str) -> bool:
    """Ask for a code of whoever knew the password; return whether one was needed.

    Raises OtpRequired, InvalidCredentials for a wrong one, RateLimited and LimiterUnavailable.
    """
    if not user.has_second_factor:
        return False
    if not otp:
        raise OtpRequired
    rate_limits.spend({"otp-address": rate_limits.network_of(address)})
    spend_try(user)
    if not use(user, otp):
        audit.record(
            Action.SIGN_IN_FAILED, subject=f"user:{user.pk}", details={"because": "wrong code"}
        )
        raise InvalidCredentials
    return True


def ask_again(*, user: User, otp: str) -> None:
    """Ask somebody who is signed in for a code, if the account has a second factor.

    Raises CodeRequired, WrongCode, RateLimited and LimiterUnavailable.
    """
    if not user.has_second_factor:
        return
    if not otp:
        raise CodeRequired
    spend_try(user)
    if not use(user, otp):
        audit.record(
            Action.REAUTHENTICATION_FAILED,
            subject=f"user:{user.pk}",
            details={"because": "wrong code"},
        )
        raise WrongCode


def spend_try(user: User) -> None:
    """Count one code against its account. Raises RateLimited and LimiterUnavailable."""
    rate_limits.spend({"otp-account": str(user.pk), "otp-account-day": str(user.pk)})


def use(user: User, otp: str) -> bool:
    """Use up a code of the app or a recovery code; False when it is wrong or was used before.

    Either is one conditional UPDATE, so that of many at once exactly one gets in.
    """
    factor = SecondFactor.objects.filter(user=user).first()
    typed = totp.plain(otp)
    if factor is None:
        return False
    if totp.is_code(typed):
        return use_code(factor, typed)
    return _use_recovery_code(factor, typed)


def use_code(factor: SecondFactor, code: str) -> bool:
    """Use up a code of the app, and with it all before it (RFC 6238 §5.2)."""
    try:
        secret = totp.unseal(factor.sealed_secret)
    except totp.SecretUnreadable:
        _log.error("second_factor.unreadable", user_id=factor.user_id)
        return False
    step = totp.step_of(secret, code, now=timezone.now())
    if step is None:
        return False
    is_newer = Q(last_step=None) | Q(last_step__lt=step)
    return bool(SecondFactor.objects.filter(is_newer, pk=factor.pk).update(last_step=step))


@transaction.atomic
def _use_recovery_code(factor: SecondFactor, code: str) -> bool:
    unused = RecoveryCode.objects.filter(
        factor_id=factor.pk, code_hash=totp.digest(code), used_at=None
    )
    if not unused.update(used_at=timezone.now()):
        return False
    audit.record(Action.RECOVERY_CODE_USED, subject=f"user:{factor.user_id}")
    mailing.tell_later(factor.user, "recovery_code_used")
    return True
