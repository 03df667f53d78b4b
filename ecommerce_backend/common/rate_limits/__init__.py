"""Limits that hold over all workers. Names and figures are in settings.RATE_LIMITS.

docs/rate-limits.md says what each of them counts, and what happens while Redis is away.
"""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any, ClassVar

from django.conf import settings

from ecommerce_backend import metrics
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.rate_limits.claims import Claim, Standing, policy
from ecommerce_backend.common.rate_limits.ledger import Ledger, current_ledger, ledger_of
from ecommerce_backend.common.rate_limits.limiter import LimiterUnavailable, limiter_at

__all__ = [
    "Ledger",
    "LimiterUnavailable",
    "RateLimited",
    "enter",
    "forget",
    "ledger_of",
    "network_of",
    "refuse_guessing",
    "spend",
    "spend_miss",
]

ADDRESS = "address"
MISSES = "token-misses"


class RateLimited(DomainError):
    """`violated-policies` is the member that draft-ietf-httpapi-ratelimit-headers-11 §5.1 names."""

    code = "rate_limited"
    message = "Too many requests. Wait before you try again."
    http_status = 429
    advice = "Wait `Retry-After` seconds; slow down when `RateLimit` says that little is left."
    extension: ClassVar = {
        "violated-policies": {
            "type": "array",
            "items": {"type": "string", "maxLength": 64},
            "minItems": 1,
            "maxItems": 8,
            "examples": [["address"]],
        },
        "retry_after": {"type": "integer", "minimum": 1, "maximum": 86400, "examples": [12]},
    }

    @classmethod
    def by(cls, standings: Sequence[Standing]) -> "RateLimited":
        """Return the refusal by these policies. `retry_after` is in seconds."""
        names = [standing.policy.name for standing in standings]
        for name in names:
            metrics.count_limited_request(policy=name)
        wait = max(standing.reset for standing in standings)
        members: dict[str, Any] = {"violated-policies": names, "retry_after": wait}
        return cls(**members)


def spend(claims: Mapping[str, str]) -> None:
    """Count one request against policies by name, each with whose request it is.

    It counts against all of them or, when one has no place left, against none.
    Raises RateLimited, and LimiterUnavailable when Redis is away and one must not fail open.
    """
    _take([Claim(policy(name), whose) for name, whose in claims.items()])


def forget(name: str, whose: str) -> None:
    """Let somebody begin anew under a policy, after an act that shows who they are."""
    limiter_at(settings.REDIS_STATE_URL).forget(Claim(policy(name), whose))


def enter(ledger: Ledger, *, with_token: bool) -> None:
    """Count a request that has just come in against the limit of its network.

    In the same round trip it learns, for one `with_token`, how many guesses the network has left.
    Raises RateLimited.
    """
    guesses = [Claim(policy(MISSES), ledger.caller, places=0)] if with_token else []
    _, *looked = _take([Claim(policy(ADDRESS), ledger.caller), *guesses])
    ledger.misses = next(iter(looked), None)


def refuse_guessing() -> None:
    """Refuse to look up a token for a network whose tokens have opened nothing too often.

    Call before the look-up, or a lucky guess would still be told. Raises RateLimited.
    """
    ledger = current_ledger()
    if ledger and ledger.misses and not ledger.misses.left:
        ledger.note([ledger.misses])
        raise RateLimited.by([ledger.misses])


def spend_miss() -> None:
    """Count a token, or an order's number, that opened nothing.

    Raises RateLimited.
    """
    if ledger := current_ledger():
        spend({MISSES: ledger.caller})


def network_of(address: str) -> str:
    """Return what one household or server controls: the IPv4 address, or the IPv6 /64."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((ip, 64), strict=False))


def _take(claims: Sequence[Claim]) -> Sequence[Standing]:
    outcome = limiter_at(settings.REDIS_STATE_URL).take(claims)
    met = [
        standing for claim, standing in zip(claims, outcome.standings, strict=True) if claim.places
    ]
    if ledger := current_ledger():
        ledger.note(met)
    if not outcome.is_taken:
        raise RateLimited.by([standing for standing in met if not standing.left])
    return outcome.standings
