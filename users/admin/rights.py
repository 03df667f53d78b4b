"""Who may change whom: nobody gives what they lack, and nobody changes themselves."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q

from users.models import User

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def fields_shut_to(actor: Any, account: User | None) -> tuple[str, ...]:
    """Return the fields of an account's page that this reader cannot change.

    Only a superuser gives rights, and not to themselves: whoever sits down at an open screen, or
    makes a slip, can neither raise the account they found nor shut its owner out.
    """
    if account is not None and account.pk == actor.pk:
        return ("is_active", *RIGHTS)
    return () if actor.is_superuser else RIGHTS


def outranks(account: User | None, actor: Any) -> bool:
    """Tell whether an account may do what the actor may not.

    Whoever sets the password or address of such an account would take over its rights.
    """
    if account is None or actor.is_superuser:
        return False
    return account.is_superuser or not _rights(account) <= _rights(actor)


def _rights(user: User) -> set[int]:
    # Not get_all_permissions: an inactive account has none there until someone activates it.
    granted = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return set(granted.values_list("pk", flat=True))
