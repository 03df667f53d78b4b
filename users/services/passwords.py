"""Changing a password, by who knows it or by who can read the account's mail."""

from django.db import transaction
from django.utils import timezone

from ecommerce_backend.common import audit, events, rate_limits
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from users import links
from users.links import Purpose
from users.models import LoginSession, User
from users.services import mailing, sessions
from users.services.accounts import lock_account
from users.services.password_rules import refuse_weak
from users.services.reauthentication import reauthenticate


class LinkInvalid(DomainError):
    code = "link_invalid"
    message = "The link has been used, is too old or is not complete. Ask for a new one."
    http_status = 400
    advice = "Offer to send a new link."


def change_password(
    *, user: User, current_password: str, new_password: str, otp: str = "", session: LoginSession
) -> None:
    """Set a new password; every other session of the account ends.

    Raises PasswordInvalid, AccountClosed and what `reauthenticate` raises.
    """
    refuse_weak(new_password, user=user, pointer="/new_password")
    reauthenticate(user=user, password=current_password, otp=otp)
    with transaction.atomic():
        _set_password(lock_account(user), new_password, keep=session)


def reset_password(*, token: str, new_password: str, address: str) -> None:
    """Set a new password by a mailed link; every session of the account ends.

    Who reads the mail owns the address, so it counts as verified.
    Raises LinkInvalid, PasswordInvalid, RateLimited and LimiterUnavailable.
    """
    rate_limits.spend({"link-address": rate_limits.network_of(address)})
    with transaction.atomic():
        opened = links.opened(Purpose.RESET_PASSWORD, token)
        if opened is None:
            raise LinkInvalid
        refuse_weak(new_password, user=opened.user, pointer="/new_password")
        opened.user.email_verified_at = opened.user.email_verified_at or timezone.now()
        opened.user.save(update_fields=["email_verified_at", "updated_at"])
        _set_password(opened.user, new_password)
        audit.record(Action.PASSWORD_RESET, subject=f"user:{opened.user.pk}")


def _set_password(user: User, password: str, *, keep: LoginSession | None = None) -> None:
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])
    note_new_password(user=user, because="password changed", keep=keep)


@transaction.atomic
def note_new_password(*, user: User, because: str, keep: LoginSession | None = None) -> None:
    """End the sessions that the password before opened, but `keep`, and tell the owner."""
    sessions.close_all_sessions(user=user, because=because, keep=keep)
    audit.record(Action.PASSWORD_CHANGED, subject=f"user:{user.pk}", details={"because": because})
    events.record("customer.password_changed", subject=f"user:{user.pk}")
    mailing.tell_later(user, "password_changed")
