"""The settings that are limits: how many requests in how long."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ecommerce_backend.env import refusal, words

_RATE = re.compile(r"([1-9]\d{0,6})/(?:([1-9]\d{0,3}) )?(second|minute|hour|day)s?", re.ASCII)
_SECONDS = {"second": 1, "minute": 60, "hour": 60 * 60, "day": 24 * 60 * 60}


class Rate(NamedTuple):
    """So many requests in any stretch of so many seconds."""

    quota: int
    seconds: int


class Delay(NamedTuple):
    """What a limit asks for past its quota: so many seconds, and twice as many each time."""

    first: int
    longest: int


def rate(text: str) -> Rate:
    """Read "30/minute" or "10/5 minutes".

    Raises ValueError.
    """
    found = _RATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    quota, count, unit = found.groups()
    return Rate(quota=int(quota), seconds=int(count or 1) * _SECONDS[unit])


def rate_limits(name: str, *, usual: Mapping[str, str]) -> dict[str, Rate]:
    """Return the usual limits, with those changed that the operator names: "address=1200/minute".

    Raises ImproperlyConfigured.
    """
    example = ",".join(f"{limit}={text}" for limit, text in list(usual.items())[:2])
    limits, changed = {limit: rate(text) for limit, text in usual.items()}, set()
    for part in words(name):
        limit, _, text = part.partition("=")
        if limit not in limits:
            problem = f"knows {', '.join(limits)}, not {limit!r}"
            raise refusal(name, problem, example=example)
        if limit in changed:
            raise refusal(name, f"names {limit} twice", example=example)
        changed.add(limit)
        try:
            limits[limit] = rate(text)
        except ValueError as error:
            problem = f"must give {limit} as count/period, not {text!r}"
            raise refusal(name, problem, example=example) from error
    return limits
