"""The front door: who may try, and what happens once somebody is in."""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from ecommerce_backend.common import rate_limits
from users.models import User
from users.selectors import canonical_email
from users.services import accounts, sessions


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


def sign_in(*, email: str, password: str, device: Device) -> SignedIn:
    """Begin a session for whoever knows the password.

    The limits come first because checking a password is the dearest thing a stranger can ask for.
    Raises InvalidCredentials, RateLimited and LimiterUnavailable.
    """
    spend_try(email=email, address=device.address)
    user = sessions.authenticate(email=email, password=password)
    return _welcome(user, device)


def spend_try(*, email: str, address: str) -> None:
    """Count one attempt to sign in, at the API's door or the admin's.

    Raises RateLimited and LimiterUnavailable.
    """
    rate_limits.spend(
        {
            "login-address": rate_limits.network_of(address),
            "login-account": _digest(canonical_email(email)),
        }
    )


def sign_up(
    *, email: str, password: str, first_name: str = "", last_name: str = "", device: Device
) -> SignedIn:
    """Open an account and begin its first session.

    Raises AccountInvalid, EmailTaken, RateLimited and LimiterUnavailable.
    """
    rate_limits.spend({"register-address": rate_limits.network_of(device.address)})
    with transaction.atomic():
        user = accounts.register_account(
            email=email, password=password, first_name=first_name, last_name=last_name
        )
        return _welcome(user, device)


@transaction.atomic
def _welcome(user: User, device: Device) -> SignedIn:
    pair = sessions.open_session(user=user, address=device.address, user_agent=device.user_agent)
    for name in settings.SIGN_IN_HOOKS:
        import_string(name)(user=user, cart_token=device.cart_token)
    return SignedIn(user=user, access=pair.access, refresh=pair.refresh)


def _digest(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()
