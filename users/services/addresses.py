"""The address book. Only this module writes it: at most one default of each kind per customer.

Every change locks the account's row first, so that two of them never make a default each.
"""

from typing import Any

from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work
from users.models import Address, User
from users.services.accounts import lock_account

DEFAULTS = ("is_default_shipping", "is_default_billing")


class AddressNotFound(DomainError):
    code = "not_found"
    message = "There is no such address in this address book."
    http_status = 404
    advice = "List the address book again."


@unit_of_work
def add_address(*, user: User, **fields: Any) -> Address:
    """Add an entry to a customer's address book.

    Raises AccountClosed.
    """
    lock_account(user)
    _hand_over_defaults(user, fields)
    return Address.objects.create(user=user, **fields)


@unit_of_work
def change_address(*, user: User, address_id: int, **fields: Any) -> Address:
    """Change the given fields of an entry.

    Raises AddressNotFound and AccountClosed.
    """
    lock_account(user)
    address = Address.objects.of(user).filter(pk=address_id).first()
    if address is None:
        raise AddressNotFound
    _hand_over_defaults(user, fields)
    for name, value in fields.items():
        setattr(address, name, value)
    address.save(update_fields=[*fields, "updated_at"])
    return address


@unit_of_work
def remove_address(*, user: User, address_id: int) -> None:
    """Take an entry out; orders that went there keep their copy.

    Raises AddressNotFound and AccountClosed.
    """
    lock_account(user)
    removed, _ = Address.objects.of(user).filter(pk=address_id).delete()
    if not removed:
        raise AddressNotFound


def _hand_over_defaults(user: User, fields: dict[str, Any]) -> None:
    """Make room for an entry that becomes a default."""
    for name in DEFAULTS:
        if fields.get(name):
            Address.objects.of(user).filter(**{name: True}).update(**{name: False})
