"""The shop with its limits counted as they must not be: read, compare, write."""

from collections.abc import Sequence

from django.conf import settings
from redis import Redis

from ecommerce_backend.common.rate_limits.claims import Claim, Outcome, Standing
from ecommerce_backend.common.rate_limits.redis_windows import RedisWindows
from ecommerce_backend.wsgi import application

__all__ = ["application"]

_redis = Redis.from_url(settings.REDIS_URL, decode_responses=True)


def _read_then_write(_: RedisWindows, claims: Sequence[Claim]) -> Outcome:
    counts = [int(str(_redis.get(claim.key) or 0)) for claim in claims]
    is_taken = all(
        count + claim.places <= claim.policy.quota
        for claim, count in zip(claims, counts, strict=True)
    )
    if is_taken:
        for claim, count in zip(claims, counts, strict=True):
            _redis.set(claim.key, count + claim.places, ex=claim.policy.seconds)
    return Outcome(
        is_taken=is_taken,
        standings=[
            Standing(claim.policy, count + is_taken, claim.policy.seconds)
            for claim, count in zip(claims, counts, strict=True)
        ],
    )


RedisWindows.take = _read_then_write  # type: ignore[method-assign, assignment]
