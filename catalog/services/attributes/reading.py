"""From what somebody wrote to the value of an attribute."""

import re
from decimal import Decimal
from typing import Any

from catalog.models.attributes import NUMBER_DIGITS, NUMBER_PLACES, TEXT_LENGTH, AttributeType
from catalog.services.attributes.definitions import Definition
from ecommerce_backend.common import text

# Of text, of a number, of yes or no; of choices the ids of all that a product has.
Value = str | Decimal | bool | frozenset[int]

MOST_TOLD = 20  # choices that a refusal names
_WORDS = {"true": True, "yes": True, "false": False, "no": False}
_WHOLE_DIGITS = NUMBER_DIGITS - NUMBER_PLACES
_NUMBER = re.compile(rf"-?[0-9]{{1,{_WHOLE_DIGITS}}}(\.[0-9]{{1,{NUMBER_PLACES}}})?")


class Unfit(Exception):
    """It is no value of the attribute; `code` is for programs, `reason` goes on after its name."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def read(definition: Definition, written: Any, *, is_from_file: bool = False) -> Value | None:
    """Return the value that somebody wrote; None for null and for nothing.

    A file may say yes or no in words, a number as text and with its unit. Raises Unfit.
    """
    if written is None or written in ("", []):
        return None
    match definition.type:
        case AttributeType.TEXT:
            return _text(written)
        case AttributeType.NUMBER:
            return _number(written, definition.unit, is_from_file=is_from_file)
        case AttributeType.BOOLEAN:
            return _boolean(written, is_from_file=is_from_file)
        case _:
            return _choices(definition, written)


def _text(written: Any) -> str | None:
    if not isinstance(written, str):
        raise Unfit("not_text", "has to be text")
    if text.hides_something(written, is_one_line=True) or text.piles_up_marks(written):
        raise Unfit("unprintable", "has invisible or control characters")
    composed = text.composed(written).strip()
    if len(composed) > TEXT_LENGTH:
        raise Unfit("too_long", f"has more than {TEXT_LENGTH:,} characters")
    return composed or None


def _number(written: Any, unit: str, *, is_from_file: bool) -> Decimal:
    if isinstance(written, int | float) and not isinstance(written, bool):
        plain = format(Decimal(repr(written)), "f")
    elif is_from_file and isinstance(written, str):
        plain = written.strip().removesuffix(unit).rstrip()
    else:
        raise Unfit("not_a_number", "has to be a number")
    if not _NUMBER.fullmatch(plain):
        raise Unfit(
            "not_a_number",
            f"has to be a number of at most {_WHOLE_DIGITS} digits and {NUMBER_PLACES} decimals",
        )
    return Decimal(plain)


def _boolean(written: Any, *, is_from_file: bool) -> bool:
    if is_from_file and isinstance(written, str):
        written = _WORDS.get(written.strip().casefold(), written)
    if not isinstance(written, bool):
        raise Unfit("not_a_boolean", "has to be true or false")
    return written


def _choices(definition: Definition, written: Any) -> frozenset[int]:
    named = written if isinstance(written, list) else [written]
    if not all(isinstance(name, str) for name in named):
        raise Unfit("not_text", "has to be a choice, or a list of choices")
    codes = [_code(definition, name) for name in named]
    unknown = [name for name, code in zip(named, codes, strict=True) if code is None]
    if unknown:
        known = ", ".join(list(definition.choices)[:MOST_TOLD]) or "none yet"
        more = ", …" if len(definition.choices) > MOST_TOLD else ""
        raise Unfit("unknown_choice", f"has no choice “{unknown[0][:80]}”, but {known}{more}")
    return frozenset(definition.choices[code] for code in codes if code is not None)


def _code(definition: Definition, name: str) -> str | None:
    if name in definition.choices:
        return name
    return definition.labels.get(name.strip().casefold())
