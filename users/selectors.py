"""Questions that other apps, and this one, may ask about accounts."""

import hashlib

from django.db import connection

from users.models import User
from users.roles import ROLES


def may_enter_admin(user: User) -> bool:
    """Tell whether someone is a superuser or one of the staff in a role of the shop.

    Being staff is not enough, so that taking the role away closes the door too.
    """
    is_at_work = user.is_active and user.is_staff
    return is_at_work and (user.is_superuser or not user.group_names.isdisjoint(ROLES))


def is_in_customer_group(user: User) -> bool:
    """Tell whether someone may have prices of their own; one query."""
    return user.customer_groups.exists()


def canonical_email(email: str) -> str:
    """Return the form by which the database tells accounts apart.

    The database is asked because its lower-casing is not Python's: a spelling such as "İ" for "i"
    that only one of them folds would be a second purse of attempts on the same account.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(normalize(%s, NFKC))", [email.strip()])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def canonical_email_digest(email: str) -> str:
    """Return what limits count an address by, without keeping the address."""
    return hashlib.sha256(canonical_email(email).encode()).hexdigest()
