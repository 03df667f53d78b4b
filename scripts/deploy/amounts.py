"""Times and sizes, read from machines and written for people."""

import math
from datetime import UTC, datetime

_KILO = 1000
_TWO_DIGITS = 10
_UNITS = ("B", "kB", "MB", "GB", "TB")


def now() -> datetime:
    return datetime.now(UTC)


def moment(text: object) -> datetime | None:
    """Return a time of a report or of Docker (RFC 3339, with up to nanoseconds), None for none."""
    if not isinstance(text, str) or text.startswith("0001-"):
        return None
    whole, dot, rest = text.partition(".")
    if dot:  # Python reads six digits at most
        digits = len(rest) - len(rest.lstrip("0123456789"))
        text = f"{whole}.{rest[: min(digits, 6)]}{rest[digits:]}"
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def ago(at: datetime) -> str:
    """Return how long ago something was, such as `3 h ago`."""
    seconds = (now() - at).total_seconds()
    return f"{span(seconds)} ago" if seconds >= 1 else "just now"


def size(number: float) -> str:
    """Return bytes as a person reads them: `512 B`, `1.5 MB`, `20 GB`."""
    if number < _KILO:
        return f"{number:.0f} B"
    power = min(int(math.log(number, _KILO)), len(_UNITS) - 1)
    scaled = number / _KILO**power
    digits = 1 if scaled < _TWO_DIGITS else 0
    return f"{scaled:.{digits}f} {_UNITS[power]}"


def span(seconds: float) -> str:
    """Return a time as a person reads it: `40 s`, `12 min`, `5 h`, `3 days`."""
    for unit, length, until in (("s", 1, 120), ("min", 60, 7200), ("h", 3600, 172_800)):
        if seconds < until:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days"
