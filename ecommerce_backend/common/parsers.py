import json
import math
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from ecommerce_backend.common.errors import Fault, Invalid, pointer_to

MAX_DEPTH = 16  # the deepest form needs three
MAX_MEMBERS = 1000  # of one array or object
MAX_NAME = 100  # characters of a field's name
MAX_FAULTS = 20  # told at once

# PostgreSQL has no text with a NUL, and UTF-8 has no half of a surrogate pair.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_INT8_DIGITS = 20
_EXACT = 2**53


class StrictJSONParser(JSONParser):
    """JSON that every reader reads alike (I-JSON, RFC 7493) and PostgreSQL can store.

    It is a JSONParser because for those alone REST framework holds bodies to
    DATA_UPLOAD_MAX_MEMORY_SIZE.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        parsed = _parsed(stream.read())
        if faults := list(islice(_faults(parsed), MAX_FAULTS)):
            raise Invalid(faults=faults)
        return parsed


@dataclass(frozen=True)
class _Wrong:
    """Stands where something was that JSON allows and the shop does not."""

    code: str
    detail: str


_TOO_DEEP = _Wrong("too_deep", f"Nest objects and arrays at most {MAX_DEPTH} deep.")
_TOO_MANY = _Wrong("too_many", f"An array or object has at most {MAX_MEMBERS} members.")
_TOO_LARGE = _Wrong("number_out_of_range", "This number is too large.")
_NOT_A_NUMBER = _Wrong("number_out_of_range", "NaN and Infinity are no JSON numbers.")
_REPEATED = _Wrong("repeated_field", "This field is given twice.")
_LONG_NAME = _Wrong("unknown_field", f"A field here has a name of more than {MAX_NAME} characters.")
_BAD_TEXT = _Wrong("malformed_text", "Text may not hold a NUL or half of a surrogate pair.")


def _parsed(body: bytes) -> Any:
    if body.startswith(BOM_UTF8):
        raise ParseError("The body is not valid JSON: leave out the byte order mark.")
    try:
        return _decoder.decode(body.decode())
    except RecursionError:
        return _TOO_DEEP
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8: see byte {error.start}.") from error
    except ValueError as error:
        raise ParseError(f"The body is not valid JSON: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        members[name] = _REPEATED if name in members else value
    return members


def _integer(text: str) -> int | _Wrong:
    if len(text) > _INT8_DIGITS or not -(2**63) <= int(text) < 2**63:
        return _TOO_LARGE
    return int(text)


def _float(text: str) -> float | _Wrong:
    number = float(text)
    if not math.isfinite(number):
        return _TOO_LARGE
    # 2.0 is the whole number 2, as JSON Schema has it too; past 2^53 nobody could tell.
    return int(number) if number.is_integer() and abs(number) <= _EXACT else number


_decoder = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=lambda _: _NOT_A_NUMBER,
)


def _faults(value: Any, pointer: str = "", depth: int = 0) -> Iterator[Fault]:
    if isinstance(value, str):
        if _NO_TEXT.search(value):
            yield _fault(_BAD_TEXT, pointer)
    elif isinstance(value, _Wrong):
        yield _fault(value, pointer)
    elif isinstance(value, dict | list):
        yield from _member_faults(value, pointer, depth + 1)


def _member_faults(value: dict[str, Any] | list[Any], pointer: str, depth: int) -> Iterator[Fault]:
    if depth > MAX_DEPTH:
        yield _fault(_TOO_DEEP, pointer)
    elif len(value) > MAX_MEMBERS:
        yield _fault(_TOO_MANY, pointer)
    else:
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            if wrong := _wrong_name(name):
                yield _fault(wrong, pointer)
            else:
                yield from _faults(member, pointer + pointer_to(name), depth)


def _wrong_name(name: str | int) -> _Wrong | None:
    if isinstance(name, int):
        return None
    if len(name) > MAX_NAME:
        return _LONG_NAME
    return _BAD_TEXT if _NO_TEXT.search(name) else None


def _fault(wrong: _Wrong, pointer: str) -> Fault:
    return {"pointer": pointer, "code": wrong.code, "detail": wrong.detail}
