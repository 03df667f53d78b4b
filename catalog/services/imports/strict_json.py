"""JSON as PostgreSQL can store it: one meaning, exact numbers."""

import json
import math
from decimal import Decimal
from typing import Any

# From here on PostgreSQL gives a float back as a whole number, and it would look changed.
_WHOLE_FROM = 1e16


class NotStrict(ValueError):
    """It parses, but not everybody would read the same."""


class Number(float):
    """A float that remembers how it was written, so that a price is not rounded on its way."""

    text: str


def parse(text: str) -> Any:
    """Return the value of a JSON text.

    Raises ValueError, also for names given twice, NaN, Infinity and what overflows to it, and
    for nesting too deep to follow.
    """
    try:
        return _decoder.decode(text)
    except RecursionError:
        raise NotStrict("nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotStrict(f"{json.dumps(twice)} is given twice")
    return members


def _float(text: str) -> float | int:
    number = Number(text)
    if math.isinf(number):
        raise NotStrict(f"{text[:20]} is out of range")
    if abs(number) >= _WHOLE_FROM:
        return int(Decimal(text))
    number.text = text
    return number


def _constant(name: str) -> Any:
    raise NotStrict(f"{name} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
