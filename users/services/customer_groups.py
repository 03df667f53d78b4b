"""Groups of customers who buy on terms of their own, and who is in them."""

from collections.abc import Mapping

from django.db.models import ProtectedError

from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work
from users.models import CustomerGroup, User
from users.services.accounts import AccountClosed, lock_account


class CustomerGroupExists(DomainError):
    code = "customer_group_exists"
    message = "There is a customer group of this code already."
    advice = "Choose another code."


class CustomerGroupInUse(DomainError):
    code = "customer_group_in_use"
    message = "Price lists are made for this customer group."
    advice = "Delete its price lists first, or make them another group's."


class CustomerNotFound(DomainError):
    code = "customer_not_found"
    message = "There is no account of this address."
    http_status = 404
    advice = "Ask the customer to register first."


@unit_of_work
def create_group(*, code: str, name: str) -> CustomerGroup:
    """Create a group of nobody.

    Raises CustomerGroupExists.
    """
    if CustomerGroup.objects.filter(code=code).exists():
        raise CustomerGroupExists
    return CustomerGroup.objects.create(code=code, name=name)


@unit_of_work
def change_group(*, group: CustomerGroup, changes: Mapping[str, str]) -> CustomerGroup:
    """Change the code or the name of a group; call with its row locked.

    Raises CustomerGroupExists.
    """
    for name, value in changes.items():
        setattr(group, name, value)
    if CustomerGroup.objects.exclude(pk=group.pk).filter(code=group.code).exists():
        raise CustomerGroupExists
    group.save(update_fields=[*changes, "updated_at"])
    return group


@unit_of_work
def delete_group(*, group: CustomerGroup) -> None:
    """Delete a group that no price list is for; its members become customers like others.

    Raises CustomerGroupInUse.
    """
    try:
        group.delete()
    except ProtectedError as error:
        raise CustomerGroupInUse from error


@unit_of_work
def add_member(*, group: CustomerGroup, email: str) -> User:
    """Let an account buy on the terms of a group; one that does so already stays in it.

    Raises CustomerNotFound.
    """
    found = User.objects.with_email(email).first()
    if found is None:
        raise CustomerNotFound
    try:
        member = lock_account(found)
    except AccountClosed as error:
        raise CustomerNotFound from error
    if not group.members.filter(pk=member.pk).exists():
        group.members.add(member)
        note_members(group, added=[member.pk])
    return member


@unit_of_work
def remove_member(*, group: CustomerGroup, member_id: int) -> None:
    """Let an account buy on the terms of a group no longer.

    Raises CustomerNotFound.
    """
    if not group.members.filter(pk=member_id).exists():
        raise CustomerNotFound("Nobody of this id is in the group.")
    group.members.remove(member_id)
    note_members(group, removed=[member_id])


def note_members(
    group: CustomerGroup, *, added: list[int] | None = None, removed: list[int] | None = None
) -> None:
    """Keep in the audit trail who came into a group and who left it, by their ids."""
    audit.record(
        Action.CUSTOMER_GROUP_CHANGED,
        subject=f"customer_group:{group.pk}",
        details={"added": added or [], "removed": removed or []},
    )
