"""Moving windows that all workers share, counted in Redis.

One script takes the places of all claims in one round trip, so that of any burst exactly the
quota passes. A window holds a number per request that passed within it: memory follows the
traffic, not the limits.
"""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import cast

from ecommerce_backend.common.rate_limits.claims import Claim, Outcome, Standing
from ecommerce_backend.common.redis_client import client_at
from ecommerce_backend.env_limits import Delay

PREFIX = "nexus-limits"
# Seconds. Longer than for the cache: who gives up counts alone, and less exactly, from then on.
TIMEOUT = 0.5
_NO_DELAY = Delay(0, 0)
_TAKE = (Path(__file__).parent / "take.lua").read_text()


class RedisWindows:
    def __init__(self, url: str) -> None:
        self._client = client_at(url, timeout=TIMEOUT)
        self._take = self._client.register_script(_TAKE)

    def probe(self) -> None:
        """Write something, because a Redis that is full or a replica still answers questions.

        Raises RedisError.
        """
        self._client.set(f"{PREFIX}-probe", 1, ex=5)

    def forget(self, claim: Claim) -> None:
        """Give back all places of a caller. Raises RedisError."""
        self._client.delete(f"{PREFIX}:{claim.key}")

    def take(self, claims: Sequence[Claim]) -> Outcome:
        """Take all the places or none.

        Raises RedisError.
        """
        keys = [f"{PREFIX}:{claim.key}" for claim in claims]
        limits = [
            (policy.quota, policy.seconds * 1000, places, first * 1000, longest * 1000)
            for policy, _, places in claims
            for first, longest in [policy.delay or _NO_DELAY]
        ]
        is_taken, *answer = cast("list[int]", self._take(keys, list(chain(*limits))))
        return Outcome(
            is_taken=bool(is_taken),
            standings=[
                Standing(claim.policy, used, wait / 1000)
                for claim, used, wait in zip(claims, answer[::2], answer[1::2], strict=True)
            ],
        )
