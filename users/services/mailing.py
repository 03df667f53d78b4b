"""Mail about accounts. Requests only note what to send; jobs look up to whom, and make the links.

So no answer, and no time it took, tells whether an address has an account, and no stored job
holds a link that opens one.
"""

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from ecommerce_backend.common import jobs, mail, rate_limits
from users import links
from users.links import LIFETIMES, Purpose
from users.models import User
from users.selectors import canonical_email_digest


def send_link_later(purpose: Purpose, *, email: str, address: str) -> None:
    """Send a link to whoever owns the address, if they have an account.

    Raises RateLimited and LimiterUnavailable.
    """
    spend_mail(email=email, address=address)
    app.configure_task("users.send_link").defer(purpose=purpose, email=email)


def spend_mail(*, email: str, address: str) -> None:
    """Count one mail that somebody at `address` has us send to `email`.

    Raises RateLimited and LimiterUnavailable.
    """
    rate_limits.spend(
        {
            "mail-address": rate_limits.network_of(address),
            "mail-recipient": canonical_email_digest(email),
        }
    )


def greet_later(*, email: str) -> None:
    """Send whoever just opened an account a link, and tell whoever has one already."""
    app.configure_task("users.greet").defer(email=email)


def tell_later(user: User, what: str, *, to: str = "") -> None:
    """Tell the owner of an account what was done to it, at their present address or at `to`."""
    app.configure_task("users.tell").defer(user_id=user.pk, what=what, to=to or user.email)


def say_goodbye_later(*, email: str) -> None:
    """Tell whoever had an account that it is erased; the job forgets the address once it has."""
    app.configure_task("users.say_goodbye").defer(email=email)


def say_goodbye(*, email: str) -> None:
    """Send what `say_goodbye_later` noted, then take the address out of the job."""
    if email:
        mail.send("account_erased", to=email, context={"email": email})
        jobs.redact_arguments(email=email)


def tell_of_sign_in_later(user: User, *, address: str, device: str) -> None:
    """Tell the owner of an account that somebody signed in, when, from where and with what."""
    app.configure_task("users.tell_of_sign_in").defer(
        user_id=user.pk, address=address, device=device, at=f"{timezone.now():%d %B %Y, %H:%M}"
    )


def send_link(*, purpose: Purpose, email: str) -> None:
    """Send what `send_link_later` noted."""
    user = User.objects.with_email(email).filter(is_active=True).first()
    if user is None or (purpose is Purpose.VERIFY_EMAIL and user.email_verified_at):
        return
    _send(purpose, user, to=user.email)


def greet(*, email: str) -> None:
    """Send what `greet_later` noted."""
    user = User.objects.with_email(email).filter(is_active=True).first()
    if user is None:
        return
    if user.email_verified_at is None:
        _send(Purpose.VERIFY_EMAIL, user, to=user.email)
    else:
        tell(user_id=user.pk, what="already_registered", to=user.email)


def send_change(*, user_id: int, email: str) -> None:
    """Send the link that makes `email` the account's address to that address."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        _send(Purpose.CHANGE_EMAIL, user, to=email, extra=email)


def tell(*, user_id: int, what: str, to: str) -> None:
    """Send a notice, to an account that may be gone by now."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None and to:
        _tell(what, user, to=to)


def tell_of_sign_in(*, user_id: int, **facts: str) -> None:
    """Send what `tell_of_sign_in_later` noted."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        _tell("new_sign_in", user, to=user.email, **facts)


def _tell(what: str, user: User, *, to: str, **facts: str) -> None:
    reset = f"{settings.STOREFRONT_URL}/account/forgotten-password/"
    mail.send(what, to=to, context={"user": user, "email": to, "reset_url": reset, **facts})


def _send(purpose: Purpose, user: User, *, to: str, extra: str = "") -> None:
    token = links.make(purpose, user, extra=extra)
    context = {
        "user": user,
        "email": to,
        "link": links.url(purpose, token),
        "lifetime": LIFETIMES[purpose],
    }
    mail.send(purpose.replace("-", "_"), to=to, context=context)
