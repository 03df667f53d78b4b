"""The rule of each column: a raw value in, what the shop stores out.

Each raises FieldRefused. Text is kept as given, but for outer whitespace and Unicode's NFC.
"""

import json
import re
import unicodedata
from contextlib import suppress
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from catalog.models.products import MOST_GRAMS, MOST_MM
from catalog.models.showing import NAME_LENGTH
from catalog.services.categories import MAX_DEPTH
from catalog.services.imports import strict_json
from catalog.services.imports.refusals import FieldRefused
from ecommerce_backend.common import money

SKU_LENGTH = 64
DESCRIPTION_LENGTH = 100_000
URL_LENGTH = 1000
ATTRIBUTES_BYTES = 64 * 1024
ATTRIBUTES_DEPTH = 32
CATEGORY_SEPARATOR = " > "
MAX_PRICE = Decimal("999999999.999")
MAX_UNITS = 2_147_483_647
NUL = "\0"
_PRICE = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?")
_NEGATIVE_PRICE = re.compile(r"-[0-9]+(\.[0-9]+)?")
_UNITS = re.compile(r"[0-9]{1,10}")
_THOUSANDTH = Decimal("0.001")


def sku(raw: object) -> str:
    value = _required(raw, SKU_LENGTH)
    if not value.isprintable():
        raise FieldRefused("control_characters", "has control or invisible characters")
    return value


def name(raw: object) -> str:
    return _required(raw, NAME_LENGTH)


def price(raw: object) -> Decimal:
    value = _required(raw.text if isinstance(raw, strict_json.Number) else raw, DESCRIPTION_LENGTH)
    if _NEGATIVE_PRICE.fullmatch(value):
        raise FieldRefused("negative", "is less than zero")
    if not _PRICE.fullmatch(value):
        raise FieldRefused("not_a_price", "is not a plain decimal number such as 1299.90")
    amount = Decimal(value)
    if amount > MAX_PRICE:
        raise FieldRefused("too_large", f"is more than {MAX_PRICE:,}")
    return amount


def currency(raw: object) -> str:
    value = _required(raw, DESCRIPTION_LENGTH)
    if not money.is_currency(value):
        raise FieldRefused("unknown_currency", "is not an ISO 4217 code such as USD")
    return value


def check_precision(amount: Decimal, code: str) -> None:
    """Refuse an amount that nobody can pay, or that the column would round."""
    if not money.is_exact(amount, code) or amount != amount.quantize(_THOUSANDTH):
        raise FieldRefused("too_precise", f"has more decimals than {code} has")


def upc(raw: object) -> str:
    value = _text(raw, SKU_LENGTH)
    if not value.isprintable():
        raise FieldRefused("control_characters", "has control or invisible characters")
    return value


def description(raw: object) -> str:
    return _text(raw, DESCRIPTION_LENGTH)


def brand(raw: object) -> str:
    return _text(raw, NAME_LENGTH)


def category_path(raw: object) -> tuple[str, ...]:
    levels = raw if isinstance(raw, list) else _levels(_plain(raw))
    path = tuple(_text(level, NAME_LENGTH) for level in levels)
    if path in {(), ("",)}:
        return ()
    if "" in path:
        raise FieldRefused("empty_level", "has a level without a name")
    if len(path) > MAX_DEPTH:
        raise FieldRefused("too_deep", f"has more than {MAX_DEPTH} levels")
    return path


def _levels(text: str) -> list[Any]:
    """Return the levels of a path in text; a list in JSON is for names that hold a separator."""
    if text.startswith("["):
        with suppress(ValueError):
            parsed = strict_json.parse(text)
            if isinstance(parsed, list):
                return parsed
    return text.split(CATEGORY_SEPARATOR)


def image_url(raw: object) -> str:
    value = _text(raw, URL_LENGTH)
    if not value or _is_web_address(value):
        return value
    raise FieldRefused("invalid_url", "is not an address that begins with http:// or https://")


def attributes(raw: object) -> dict[str, Any]:
    value = raw if isinstance(raw, dict) else _parsed(_plain(raw))
    if not isinstance(value, dict):
        raise FieldRefused("not_an_object", "is JSON but not an object")
    _check_members(value, depth=1)
    if len(json.dumps(value, ensure_ascii=False).encode()) > ATTRIBUTES_BYTES:
        raise FieldRefused("too_large", f"takes more than {ATTRIBUTES_BYTES // 1024} kB")
    return value


def on_hand(raw: object) -> int | None:
    return _whole(raw, 0, MAX_UNITS, code="not_a_quantity")


def weight(raw: object) -> int | None:
    return _whole(raw, 1, MOST_GRAMS, code="not_a_measure")


def length(raw: object) -> int | None:
    return _whole(raw, 1, MOST_MM, code="not_a_measure")


def _whole(raw: object, least: int, most: int, *, code: str) -> int | None:
    value = _plain(raw)
    if not value:
        return None
    if not _UNITS.fullmatch(value) or not least <= int(value) <= most:
        raise FieldRefused(code, f"is not a whole number from {least} to {most:,}")
    return int(value)


def _required(raw: object, length: int) -> str:
    value = _text(raw, length)
    if not value:
        raise FieldRefused("missing", "is missing")
    return value


def _text(raw: object, length: int) -> str:
    value = _plain(raw)
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    if len(value) > length:
        raise FieldRefused("too_long", f"has {len(value):,} characters, {length:,} at most")
    return value


def _plain(raw: object) -> str:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)  # A feed in JSON may have its SKUs and barcodes as numbers.
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise FieldRefused("not_text", "is not text")
    _check_storable(raw)
    return raw.strip()


def _check_storable(text: str) -> None:
    if NUL in text:
        raise FieldRefused("nul_character", "has a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        reason = "has bytes that are not UTF-8, or half a surrogate pair"
        raise FieldRefused("not_unicode", reason) from None


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and _is_one_word(value)
    except ValueError:
        return False


def _is_one_word(value: str) -> bool:
    return value.isprintable() and " " not in value


def _parsed(text: str) -> Any:
    try:
        return strict_json.parse(text) if text else {}
    except ValueError as error:
        raise FieldRefused("not_json", f"is not JSON: {error}") from None


def _check_members(value: Any, *, depth: int) -> None:
    if isinstance(value, str):
        _check_storable(value)
    elif isinstance(value, dict | list):
        if depth > ATTRIBUTES_DEPTH:
            raise FieldRefused("too_deep", f"is nested more than {ATTRIBUTES_DEPTH} deep")
        for member in value:
            _check_members(member, depth=depth + 1)
        for member in value.values() if isinstance(value, dict) else ():
            _check_members(member, depth=depth + 1)
