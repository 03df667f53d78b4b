"""How often somebody may try to get in.

Who tries at an account from a network it was signed in from before is counted by that network
alone. All others share one count, whose delay grows; so no stranger, and no thousand of them, can
keep the owner out where the owner is at home (OWASP ASVS 5.0, 6.1.1).
"""

import contextlib
from ipaddress import ip_network
from typing import NamedTuple

from django.conf import settings
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError

from ecommerce_backend.common import rate_limits
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from users import tokens
from users.models import User
from users.selectors import canonical_email_digest

# What shows that the owner was there: whoever reset the password could read the account's mail.
_OF_THE_OWNER = (Action.SIGNED_IN, Action.PASSWORD_RESET)


class Try(NamedTuple):
    """An attempt that was counted. `pair` is whose account it was at, and where from.

    `is_known` tells whether the account was signed in from there of late.
    """

    pair: str
    is_known: bool

    def forgive(self) -> None:
        """Forget this and all before it of that network at that account: it got in."""
        rate_limits.forget("login-pair", self.pair)


def spend_sign_in(*, email: str, address: str) -> Try:
    """Count one attempt to sign in, at the API's door or the admin's.

    Raises RateLimited and LimiterUnavailable.
    """
    network, account = rate_limits.network_of(address), canonical_email_digest(email)
    this = Try(f"{account} {network}", is_known(email=email, network=network))
    claims = {"login-address": network, "login-pair": this.pair}
    if not this.is_known:
        claims["login-account"] = account
    rate_limits.spend(claims)
    return this


def is_known(*, email: str, network: str) -> bool:
    """Tell whether the owner of an account was on a network of late: "192.0.2.7", "2001:db8::/64".

    One query, whether or not there is such an account.
    """
    try:
        block = ip_network(network)
    except ValueError:  # a socket file, whose peer has no address
        return False
    user = User.objects.with_email(email)
    subject = user.values(name=Concat(Value("user:"), Cast("pk", CharField())))
    return AuditRecord.objects.filter(
        action__in=_OF_THE_OWNER,
        subject__in=subject,
        address__range=(str(block[0]), str(block[-1])),
        recorded_at__gte=timezone.now() - settings.KNOWN_NETWORK_LIFETIME,
    ).exists()


def spend_refresh(*, raw: str, address: str) -> None:
    """Count one exchange of a refresh token; one that is not ours counts by its network alone.

    Raises RateLimited and LimiterUnavailable.
    """
    claims = {"refresh-address": rate_limits.network_of(address)}
    with contextlib.suppress(TokenError):  # told to whoever sent it, once it is counted
        claims["refresh-session"] = str(tokens.read_refresh(raw).session_id)
    rate_limits.spend(claims)
