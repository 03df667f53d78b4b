"""Whose an address is: verifying it, and changing it."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from ecommerce_backend.common import audit, events, jobs, rate_limits
from ecommerce_backend.common.audit import Action
from users import links
from users.links import Purpose
from users.models import User
from users.services import accounts, mailing
from users.services.accounts import EmailTaken, refuse_odd_email
from users.services.passwords import LinkInvalid
from users.services.reauthentication import reauthenticate


def is_verification_missing(user: User) -> bool:
    """Tell whether somebody must follow the link before they may sign in."""
    return settings.EMAIL_VERIFICATION == "mandatory" and user.email_verified_at is None


@transaction.atomic
def verify_email(*, token: str, address: str) -> User:
    """Note that the owner of an account reads the mail of its address.

    Raises LinkInvalid, RateLimited and LimiterUnavailable.
    """
    rate_limits.spend({"link-address": rate_limits.network_of(address)})
    opened = links.opened(Purpose.VERIFY_EMAIL, token)
    if opened is None:
        raise LinkInvalid
    opened.user.email_verified_at = timezone.now()
    opened.user.save(update_fields=["email_verified_at", "updated_at"])
    events.record("customer.email_verified", subject=f"user:{opened.user.pk}")
    return opened.user


def ask_for_change(
    *, user: User, new_email: str, current_password: str, otp: str = "", address: str
) -> None:
    """Send a link to the new address, whose owner alone can make it the account's.

    Says nothing of whether another account has it.
    Raises AccountInvalid and what `reauthenticate` raises.
    """
    refuse_odd_email(new_email, pointer="/new_email")
    reauthenticate(user=user, password=current_password, otp=otp)
    mailing.spend_mail(email=new_email, address=address)
    with transaction.atomic():
        accounts.lock_account(user)
        app.configure_task("users.send_change").defer(user_id=user.pk, email=new_email)


@transaction.atomic
def change_email(*, token: str, address: str) -> User:
    """Make the address that a link was sent to the account's, and tell the old one.

    Raises LinkInvalid, EmailTaken, RateLimited and LimiterUnavailable.
    """
    rate_limits.spend({"link-address": rate_limits.network_of(address)})
    opened = links.opened(Purpose.CHANGE_EMAIL, token)
    if opened is None:
        raise LinkInvalid
    user, before = opened.user, opened.user.email
    user.email, user.email_verified_at = opened.extra, timezone.now()
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "email_verified_at", "updated_at"])
    except IntegrityError as error:
        raise EmailTaken from error
    audit.record(Action.EMAIL_CHANGED, subject=f"user:{user.pk}")
    events.record("customer.email_changed", subject=f"user:{user.pk}")
    jobs.redact_arguments(email=before)  # an erasure would not know whose it was
    mailing.tell_later(user, "email_changed", to=before)
    return user
