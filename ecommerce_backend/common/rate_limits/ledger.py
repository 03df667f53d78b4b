"""What the request at hand was counted against, for the headers of its answer."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ecommerce_backend.common.rate_limits.claims import Standing


class Ledger:
    """The policies that one request met. `caller` is the network it came from."""

    def __init__(self, caller: str) -> None:
        self.caller = caller
        self.misses: Standing | None = None
        self._standings: dict[str, Standing] = {}

    def note(self, standings: Iterable[Standing]) -> None:
        self._standings |= {standing.policy.name: standing for standing in standings}

    def headers(self) -> dict[str, str]:
        """Return the header fields of draft-ietf-httpapi-ratelimit-headers-11, §3 and §4."""
        met = self._standings.values()
        if not met:
            return {}
        policies = (f'"{name}";q={quota};w={seconds}' for (name, quota, seconds, _), *_ in met)
        limits = (f'"{one.policy.name}";r={one.left};t={one.reset}' for one in met)
        return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(limits)}


_current: ContextVar[Ledger | None] = ContextVar("rate_limit_ledger", default=None)


@contextmanager
def ledger_of(caller: str) -> Iterator[Ledger]:
    """Keep the ledger of a request from that network, for as long as the block lasts."""
    ledger = Ledger(caller)
    token = _current.set(ledger)
    try:
        yield ledger
    finally:
        _current.reset(token)


def current_ledger() -> Ledger | None:
    """Return the ledger of the request at hand; outside of one there is none."""
    return _current.get()
