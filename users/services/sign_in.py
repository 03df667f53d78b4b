"""The front door: who may try, and what happens once somebody is in."""

import contextlib
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from ecommerce_backend.common import rate_limits
from ecommerce_backend.common.errors import DomainError
from users.devices import described
from users.models import User
from users.services import accounts, codes, emails, mailing, sessions, tries
from users.services.accounts import EmailTaken
from users.services.sessions import TokenPair


class EmailUnverified(DomainError):
    code = "email_unverified"
    message = "Follow the link that was mailed to you first, then sign in."
    http_status = 422
    advice = "Offer to send the link again (`auth/email-verification/`)."


@dataclass(frozen=True, kw_only=True)
class Device:
    """What somebody signs in from, and the guest cart it carries."""

    address: str
    user_agent: str
    cart_token: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """An account with the first tokens of a new session."""

    user: User
    access: str
    refresh: str


def sign_in(*, email: str, password: str, otp: str = "", device: Device) -> SignedIn:
    """Begin a session for whoever knows the password, and has the second factor if there is one.

    The limits come first because checking a password is the dearest thing a stranger can ask for.
    Raises InvalidCredentials, EmailUnverified, OtpRequired, RateLimited and LimiterUnavailable.
    """
    this_try = tries.spend_sign_in(email=email, address=device.address)
    user = sessions.authenticate(email=email, password=password)
    if emails.is_verification_missing(user):
        raise EmailUnverified
    passed = codes.pass_at_sign_in(user=user, otp=otp, address=device.address)
    signed_in = _welcome(user, device, with_second_factor=passed, this_try=this_try)
    this_try.forgive()
    return signed_in


def tell_of_new_place(user: User, device: Device, *, is_known: bool) -> None:
    """Tell the owner of a sign-in from where there was none lately; not of the very first."""
    if user.last_login and not is_known:
        mailing.tell_of_sign_in_later(
            user, address=device.address, device=described(device.user_agent)
        )


def stay_in(*, raw: str, address: str) -> TokenPair:
    """Exchange a refresh token for the next pair.

    Raises TokenInvalid, TokenReused, RateLimited and LimiterUnavailable.
    """
    tries.spend_refresh(raw=raw, address=address)
    return sessions.refresh(raw=raw)


def sign_up(
    *, email: str, password: str, first_name: str = "", last_name: str = "", device: Device
) -> SignedIn | None:
    """Open an account and begin its first session; None where the address is confirmed first.

    Then an address that has an account is not refused: its owner is told by mail, and nobody else.
    Raises AccountInvalid, EmailTaken, RateLimited and LimiterUnavailable.
    """
    rate_limits.spend({"register-address": rate_limits.network_of(device.address)})
    account = {
        "email": email,
        "password": password,
        "first_name": first_name,
        "last_name": last_name,
    }
    if settings.EMAIL_VERIFICATION == "mandatory":
        mailing.spend_mail(email=email, address=device.address)
        with transaction.atomic(), contextlib.suppress(EmailTaken):
            accounts.register_account(**account)
        mailing.greet_later(email=email)
        return None
    with transaction.atomic():
        user = accounts.register_account(**account)
        mailing.greet_later(email=email)
        return _welcome(user, device)


@transaction.atomic
def _welcome(
    user: User,
    device: Device,
    *,
    with_second_factor: bool = False,
    this_try: tries.Try | None = None,
) -> SignedIn:
    pair = sessions.open_session(
        user=user,
        address=device.address,
        user_agent=device.user_agent,
        with_second_factor=with_second_factor,
    )
    for name in settings.SIGN_IN_HOOKS:
        import_string(name)(user=user, cart_token=device.cart_token)
    if this_try:
        tell_of_new_place(user, device, is_known=this_try.is_known)
    return SignedIn(user=user, access=pair.access, refresh=pair.refresh)
