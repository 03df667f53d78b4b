"""What must not reach a log, a trace or an error report: secrets, by the name and by the look.

Names catch what a field calls itself; looks catch what slipped into a sentence, an address, an
exception or a nested document. Both err on the safe side: a word too many is blanked.
"""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

BLANK = "[redacted]"
LONGEST_TEXT = 8192  # characters of one value that are looked at; the rest is dropped
_TRACEBACK, _FRAME = "Traceback (most recent call last):", "\n  File "
MOST_ITEMS = 100
DEEPEST = 6
_SHORTEST_SECRET = 12  # characters; shorter ones would blank words of the language
_WORDS = (
    r"passw(?:or)?d|passwd|pwd|passphrase|token|secret|authorization|cookie|otp|csrf|jwt"
    r"|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|session[_-]?key|sessionid"
    r"|credential|cvv|cvc|card[_-]?number|iban|signature"
)
_NAMES = re.compile(_WORDS, re.IGNORECASE)
_QUOTE = r"\\{0,8}[\"']"
# `name = value` in sentences, queries, headers, JSON and Python, and JSON within JSON.
_NAMED = re.compile(
    rf"((?:{_WORDS})[\w-]{{0,40}}(?:{_QUOTE})?\s{{0,4}}(?:=>|[=:])\s{{0,4}})"
    rf"(?:(?:bearer|basic|digest|token)\s+)?"
    rf"(?:b?(?P<quote>{_QUOTE})(?:(?!(?<!\\)(?P=quote)).)*(?:(?P=quote)|$)|[^\s,;&\"'}}\])>]+)",
    re.IGNORECASE | re.DOTALL,
)
# Of these headers, whatever follows: cookies and schemes have blanks and semicolons in them.
_HEADER = re.compile(
    r"((?:set-)?cookie2?|(?:proxy-)?authorization)(\s{0,4}:\s{0,4})[^\r\n\"']+", re.IGNORECASE
)
_SCHEME = re.compile(
    r"\b((?i:bearer|basic|digest|negotiate))(\s+)(?=[^\s,;]*[\d=A-Z._-])[\w.~+/=-]{8,}"
)
_IN_URL = re.compile(r"(?<=://)[^\s\"'<>]{0,300}@")
_LINK = re.compile(
    r"((?:reset|verif|confirm|activat|magic|invit|unsubscribe)[\w./=-]{0,80}?/)[\w=:.~-]{16,}",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"eyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)*"  # JWT
    r"|\b(?:argon2(?:id)?|pbkdf2_sha\d+|bcrypt(?:_sha256)?|scrypt)\$[^\s\"']+"
    r"|\$(?:argon2id?|2[aby])\$[^\s\"']+"
    r"|\b(?:sk|rk|pk|whsec|ghp|gho|ghs|xox[bp]|glpat)[_-][\w-]{8,}"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|AGE-SECRET-KEY-1[0-9A-Z]+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_CARD = re.compile(r"(?<![\w.-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-])")
# What the above need, in small letters: most texts have none of it, and finding that out by
# plain search takes a tenth of the time of one pattern with all of them.
_SIGNS = (
    *("passw", "pwd", "passphrase", "token", "secret", "authoriz", "cookie", "otp", "csrf", "jwt"),
    *("key", "sessionid", "credential", "cvv", "cvc", "card", "iban", "signature"),
    *("bearer", "basic", "digest", "negotiate", "://", "eyj", "$", "akia"),
    *("sk_", "sk-", "rk_", "rk-", "pk_", "pk-", "whsec", "gh", "xox", "glpat"),
    *("reset", "verif", "confirm", "activat", "magic", "invit", "unsubscribe"),
)
_DIGITS = re.compile(r"\d{4}[ -]?\d{4}")
_SMALLEST_CARD = 10**12
_BITS = 64  # of the greatest number in the log
_hidden: set[str] = set()
_exact: re.Pattern[str] | None = None


def hide(secret: str) -> None:
    """Blank this very text from now on, wherever it shows up."""
    global _exact  # noqa: PLW0603 – one list per process, as the environment is
    if len(secret) < _SHORTEST_SECRET or secret in _hidden:
        return
    _hidden.add(secret)
    longest_first = sorted(_hidden, key=len, reverse=True)
    _exact = re.compile("|".join(re.escape(text) for text in longest_first))


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Tell whether a field of this name promises a secret."""
    return _NAMES.search(name) is not None


def scrub(text: str) -> str:
    """Return a text without what looks like a secret, and without halves of characters."""
    if len(text) > LONGEST_TEXT:
        text = _shortened(text)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    if _exact is not None:
        text = _exact.sub(BLANK, text)
    if _is_harmless(text):
        return text
    text = _KNOWN.sub(BLANK, text)
    text = _IN_URL.sub(f"{BLANK}@", text)
    text = _HEADER.sub(rf"\1\2{BLANK}", text)
    text = _NAMED.sub(rf"\1{BLANK}", text)
    text = _SCHEME.sub(rf"\1\2{BLANK}", text)
    text = _LINK.sub(rf"\1{BLANK}", text)
    return _CARD.sub(_without_card, text)


def _shortened(text: str) -> str:
    """Return the beginning, and of a traceback the end too, which says what went wrong.

    The end begins at a frame: cut elsewhere, it could show the second half of a secret.
    """
    note = f"… [{len(text)} characters]"
    if not text.startswith(_TRACEBACK):
        return text[:LONGEST_TEXT] + note
    end = text.find(_FRAME, len(text) - LONGEST_TEXT // 2)
    return text[: LONGEST_TEXT // 2] + note + (text[end:] if end > 0 else "")


def _is_harmless(text: str) -> bool:
    small = text.lower()
    # A plain loop: a generator in any() takes twice as long.
    for sign in _SIGNS:
        if sign in small:
            return False
    return _DIGITS.search(text) is None


def safe(value: Any, *, name: object = None, depth: int = 0) -> Any:
    """Return a value as plain JSON can hold it, without secrets at any depth."""
    if isinstance(name, str) and is_secret(name):
        return BLANK
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, int):
        return value if abs(value) < _SMALLEST_CARD else _safe_number(value)
    if value is None or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, bytes | bytearray):
        return scrub(bytes(value[:LONGEST_TEXT]).decode("utf-8", "replace"))
    return _safe_parts(value, depth)


def _safe_number(value: int) -> int | str:
    """Return a great number, unless it is a card's; one that JSON's readers round as a text."""
    if value.bit_length() >= _BITS:
        return f"a number of {value.bit_length()} bits"
    text = scrub(str(value))
    return value if text == str(value) else text


def _safe_parts(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping) and depth < DEEPEST:
        return {
            scrub(str(key)): safe(item, name=key, depth=depth + 1)
            for key, item in list(value.items())[:MOST_ITEMS]
        }
    if isinstance(value, list | tuple | set | frozenset) and depth < DEEPEST:
        return [safe(item, depth=depth + 1) for item in list(value)[:MOST_ITEMS]]
    return scrub(_text_of(value))


def _text_of(value: Any) -> str:
    try:
        return value if isinstance(value, str) else repr(value)
    except Exception as error:  # noqa: BLE001 – a broken repr must not cost the line
        return f"<{type(value).__name__}: {type(error).__name__} in its repr>"


def _without_card(found: re.Match[str]) -> str:
    """Blank a number that passes the check digit of ISO/IEC 7812-1 (Luhn)."""
    digits = [int(digit) for digit in found[0] if digit.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return BLANK if (sum(digits[-1::-2]) + doubled) % 10 == 0 else found[0]
