"""Showing once more who one is, before an act that cannot be taken back."""

from ecommerce_backend.common import audit, rate_limits
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from users.models import User
from users.services import codes


class WrongPassword(DomainError):
    code = "wrong_password"
    message = "The present password is wrong."
    http_status = 403
    advice = "Let the person try again; offer a link by mail to who has forgotten it."


def reauthenticate(*, user: User, password: str, otp: str = "") -> None:
    """Let somebody who is signed in show that it is still them.

    `otp` is a code of the app or a recovery code; without a second factor it is passed over.
    Call it last before the act: a code that was right is used up.
    Raises WrongPassword, CodeRequired, WrongCode, RateLimited and LimiterUnavailable.
    """
    rate_limits.spend({"password-user": str(user.pk)})
    if not user.check_password(password):
        audit.record(
            Action.REAUTHENTICATION_FAILED,
            subject=f"user:{user.pk}",
            details={"because": "wrong password"},
        )
        raise WrongPassword
    codes.ask_again(user=user, otp=otp)
