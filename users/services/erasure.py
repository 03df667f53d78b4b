"""Erasing a person: the account becomes nobody's, and what must be kept says nothing of them."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from ecommerce_backend.common import audit, events, jobs
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.models import IdempotencyRecord
from ecommerce_backend.common.transactions import unit_of_work
from users.models import (
    Address,
    DataExport,
    LoginSession,
    RefreshToken,
    SecondFactor,
    StaffSession,
    User,
)
from users.services import mailing
from users.services.accounts import AccountClosed, lock_account
from users.services.reauthentication import reauthenticate
from users.signals import customer_erased

ERASED_EMAIL = "erased@erased.invalid"  # a name that never resolves (RFC 2606 §2)


class AccountInUse(DomainError):
    code = "account_in_use"
    message = "Orders of this account are on their way."
    advice = "Let the person cancel these orders, or erase the account once they have been sent."
    extension: ClassVar = {
        "orders": {
            "type": "array",
            "items": {"type": "string", "maxLength": 10},
            "maxItems": 100,
            "description": "The numbers of the orders.",
            "examples": [["8K2MZ4T7QA"]],
        }
    }


class LastSuperuser(DomainError):
    code = "last_superuser"
    message = "Nobody else could give rights in this shop any more."
    advice = "Make somebody else a superuser first."


def erase_own_account(*, user: User, current_password: str, otp: str = "") -> None:
    """Erase the account of whoever asks, once they have shown that it is still them.

    Raises AccountInUse, LastSuperuser, AccountClosed and what `reauthenticate` raises.
    """
    reauthenticate(user=user, password=current_password, otp=otp)
    erase_account(user=user, because="asked for by its owner")


@unit_of_work
def erase_account(*, user: User, because: str) -> None:
    """Take from the whole shop what says who had this account, and let nobody use it again.

    Once it is erased the address may register anew, as somebody else.
    Raises AccountInUse, LastSuperuser and AccountClosed.
    """
    locked = _lock(user)
    customer_erased.send(sender=User, user=locked)
    jobs.redact_arguments(user_id=locked.pk, email=locked.email)
    mailing.say_goodbye_later(email=locked.email)
    _forget_belongings(locked)
    audit.record(Action.ACCOUNT_ERASED, subject=f"user:{locked.pk}", details={"because": because})
    events.record("customer.erased", subject=f"user:{locked.pk}")
    # Last, because a new address locks out whoever is adding rows that name the account.
    _become_nobody(locked)


def _lock(user: User) -> User:
    """Lock the account, and all superusers with it where it is one of them."""
    if not user.is_superuser:
        return lock_account(user)
    ranks = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    locked = {one.pk: one for one in ranks.select_for_update(no_key=True, of=("self",))}
    if user.pk not in locked:
        raise AccountClosed
    if len(locked) == 1:
        raise LastSuperuser
    return locked[user.pk]


def _forget_belongings(user: User) -> None:
    Address.objects.of(user).delete()
    RefreshToken.objects.filter(session__user=user).delete()
    LoginSession.objects.filter(user=user).delete()
    StaffSession.objects.filter(user=user).delete()
    DataExport.objects.filter(user=user).delete()
    SecondFactor.objects.filter(user=user).delete()
    # Stored answers hold addresses.
    IdempotencyRecord.objects.filter(principal=f"user:{user.pk}").delete()
    # Django's history of the admin writes down how an account was called.
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    ).update(object_repr=f"account {user.pk}", change_message="")


def _become_nobody(user: User) -> None:
    user.groups.clear()
    user.user_permissions.clear()
    user.customer_groups.clear()
    user.email = f"{uuid4().hex}@erased.invalid"
    user.first_name = user.last_name = ""
    user.set_unusable_password()
    user.is_active = user.is_staff = user.is_superuser = False
    user.email_verified_at = user.second_factor_at = user.last_login = None
    user.save()
