"""Accounts: how one begins and what its owner may change of it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from ecommerce_backend.common import events
from ecommerce_backend.common.errors import DomainError, Fault, Invalid
from users.models import User
from users.selectors import canonical_email
from users.services.password_rules import password_faults

EMAIL_LENGTH = 254


class EmailTaken(DomainError):
    code = "email_taken"
    message = "There is an account with this email address; sign in instead."
    advice = "Offer to sign in, or to use another address."


class AccountClosed(DomainError):
    """The account was erased or deactivated after the request was let in."""

    code = "token_invalid"
    message = "The session has ended."
    http_status = 401
    advice = "Forget both tokens and let the person sign in."


class AccountInvalid(Invalid):
    """`faults` says what of the account cannot be as it is."""


@transaction.atomic
def register_account(
    *, email: str, password: str, first_name: str = "", last_name: str = ""
) -> User:
    """Open a customer's account.

    Raises AccountInvalid for a weak password, and EmailTaken.
    """
    user = User(email=email.strip(), first_name=first_name, last_name=last_name)
    faults = [
        *_email_faults(user.email, pointer="/email"),
        *password_faults(password, user=user, pointer="/password"),
    ]
    if faults:
        raise AccountInvalid(faults=faults)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise EmailTaken from error
    events.record("customer.registered", subject=f"user:{user.pk}")
    return user


def lock_account(user: User) -> User:
    """Return the account as it is now, its row locked until the transaction ends.

    Whatever writes a person's name or address down takes this lock first, before that of any cart,
    so that an erasure comes wholly before it or wholly after. Raises AccountClosed.
    """
    locked = (
        User.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=user.pk, is_active=True)
        .first()
    )
    if locked is None:
        raise AccountClosed
    return locked


def change_profile(
    *, user: User, first_name: str | None = None, last_name: str | None = None
) -> User:
    """Change the names of an account; None leaves one as it is.

    Raises AccountClosed.
    """
    if first_name is not None:
        user.first_name = first_name
    if last_name is not None:
        user.last_name = last_name
    # Not save(): after an erasure under way this finds nobody, and writes no name back.
    changed = User.objects.filter(pk=user.pk, is_active=True).update(
        first_name=user.first_name, last_name=user.last_name, updated_at=timezone.now()
    )
    if not changed:
        raise AccountClosed
    return user


def refuse_odd_email(email: str, *, pointer: str) -> None:
    """Raise AccountInvalid for an address that is too long once it is unfolded."""
    if faults := _email_faults(email, pointer=pointer):
        raise AccountInvalid(faults=faults)


def _email_faults(email: str, *, pointer: str) -> list[Fault]:
    # Compatibility forms unfold: one ligature of the domain can become eighteen letters.
    if len(canonical_email(email)) <= EMAIL_LENGTH:
        return []
    return [{"pointer": pointer, "code": "max_length", "detail": "This address is too long."}]
