"""The words in which an app says, in its `tests/access.py`, who may use its routes.

    ACCESS: Rules = {
        "POST /api/v1/auth/login/": everybody(),
        "GET /api/v1/orders/": signed_in(),
        "GET /api/v1/orders/{number}/": holder(),
        "DELETE /api/v1/users/me/addresses/{id}/": owner(),
        "GET /api/v1/staff/orders/": staff("orders.view_order"),
    }

The key is a method and the route as the OpenAPI document writes it. What follows the audience are
codes of problems with which the shop refuses what the example of the document asks, once it has let
the caller in: `everybody("link_invalid")`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from users.roles import ROLES

ANONYMOUS: Final = "anonymous"
GUEST: Final = "guest"  # holds the token of a cart and of an order
CUSTOMER: Final = "customer"  # owns what the route names
STRANGER: Final = "stranger"  # another customer
BARE_STAFF: Final = "staff, no role"
SUPERUSER: Final = "superuser"
CALLERS: Final = (ANONYMOUS, GUEST, CUSTOMER, STRANGER, BARE_STAFF, *ROLES, SUPERUSER)
_UNKNOWN: Final = frozenset({ANONYMOUS, GUEST})
_SHOPPERS: Final = frozenset({CUSTOMER, STRANGER})


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who is let in; all others get a status that says no more than it must."""

    audience: str
    refusals: Mapping[str, int]
    permissions: tuple[str, ...] = ()
    # What may come of it for those who are let in, apart from success.
    codes: Collection[str] = ()
    # A thing of the guest's and one of the customer's are asked for in turn.
    is_of_holders: bool = False

    def cell(self, caller: str) -> str:
        return str(self.refusals.get(caller, "✓"))


Rules = Mapping[str, Rule]


def everybody(*codes: str) -> Rule:
    """Let in whoever asks."""
    return Rule(audience="everybody", refusals={}, codes=codes)


def signed_in(*codes: str) -> Rule:
    """Let in whoever has an account; what they get is their own."""
    return Rule(audience="signed in", refusals=dict.fromkeys(_UNKNOWN, 401), codes=codes)


def owner(*codes: str) -> Rule:
    """Let in the account whose thing it is; nobody else learns that there is such a thing."""
    refusals = _for_all(lambda caller: 401 if caller in _UNKNOWN else 404, but={CUSTOMER})
    return Rule(audience="owner", refusals=refusals, codes=codes)


def holder(*codes: str) -> Rule:
    """Let in the account whose thing it is, or the guest who holds its token."""
    refusals = _for_all(lambda _: 404, but={CUSTOMER, GUEST})
    return Rule(audience="owner or token", refusals=refusals, codes=codes, is_of_holders=True)


def staff(*permissions: str, codes: Collection[str] = ()) -> Rule:
    """Let in staff whose role has all these permissions, and superusers."""
    able = {role for role, granted in ROLES.items() if {*permissions} <= {*granted}}
    refusals = _for_all(lambda caller: 401 if caller in _UNKNOWN else 403, but={*able, SUPERUSER})
    return Rule(audience="staff", refusals=refusals, permissions=permissions, codes=codes)


def workplace() -> Rule:
    """Show staff in a role the admin, and all others the way to its sign-in page."""
    refused = {*_UNKNOWN, *_SHOPPERS, BARE_STAFF}
    return Rule(audience="staff in a role", refusals=dict.fromkeys(refused, 302))


def _for_all(status: Callable[[str], int], *, but: Collection[str]) -> dict[str, int]:
    return {caller: status(caller) for caller in CALLERS if caller not in but}
