"""Read settings from the environment, and fail at start-up rather than at the first request.

Any variable can also be given as a file: `NAME_FILE=/run/secrets/name` (for container secrets).
An empty value counts as none. A refusal is one line: the variable, what is wrong, what is right.
"""

import difflib
import itertools
import os
import re
from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from ecommerce_backend.redaction import hide

PREFIX = "SHOP_"
_SWITCH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_SECRET_EXAMPLE = "$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')"  # noqa: S105
_DISTINCT_CHARACTERS = 8
_PLACEHOLDER = re.compile(r"change.?me|example|insecure|password|placeholder|secret", re.IGNORECASE)
_asked: set[str] = set()


def refusal(name: str, problem: str, *, example: str) -> ImproperlyConfigured:
    """Return the error that stops the start; `problem` ends without a full stop."""
    return ImproperlyConfigured(f"{name} {problem}. Example: {name}={example}")


def given(name: str) -> str:
    """Return what the operator set under this name, or the content of the file they named.

    Raises ImproperlyConfigured.
    """
    _asked.add(name)
    value, path = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and path:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: leave one of them out.")
    return _content(f"{name}_FILE", path) if path else value


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise refusal(
            name, f"cannot be read: {path!r}: {reason}", example="/run/secrets/name"
        ) from error


def required(name: str, *, example: str) -> str:
    """Return what the operator has to set.

    Raises ImproperlyConfigured.
    """
    if value := given(name):
        return value
    raise refusal(name, "must be set", example=example)


def words(name: str, *, default: Collection[str] = ()) -> list[str]:
    """Return the parts of a comma-separated list, without the blanks around them."""
    parts = [part.strip() for part in given(name).split(",")]
    return [part for part in parts if part] or list(default)


def line(name: str, *, default: str, longest: int = 100) -> str:
    """Return a text that fits where one line is shown.

    Raises ImproperlyConfigured.
    """
    value = given(name) or default
    if len(value) > longest or not value.isprintable():
        raise refusal(
            name, f"must be one line of at most {longest} characters", example=repr(default)
        )
    return value


def matching(name: str, pattern: str, *, default: str, meaning: str) -> str:
    """Return a text of a stated form.

    Raises ImproperlyConfigured.
    """
    value = given(name) or default
    if not re.fullmatch(pattern, value, re.ASCII):
        raise refusal(name, f"must be {meaning}, not {value!r}", example=default)
    return value


def secret(name: str, *, length: int = 32) -> str:
    """Return a secret of at least `length` characters, none that somebody could guess.

    Raises ImproperlyConfigured, which never shows the value.
    """
    value = required(name, example=_SECRET_EXAMPLE)
    if len(value) < length or len(set(value)) < _DISTINCT_CHARACTERS or _has_a_pattern(value):
        problem = f"must be at least {length} random characters"
    elif _PLACEHOLDER.search(value):
        problem = "is a placeholder, which everybody knows"
    else:
        hide(value)
        return value
    raise refusal(name, problem, example=_SECRET_EXAMPLE)


def optional_secret(name: str) -> str:
    """Return a secret as `secret` does, or nothing when none is set.

    Raises ImproperlyConfigured.
    """
    return secret(name) if given(name) else ""


def _has_a_pattern(value: str) -> bool:
    """Tell a repeated piece or a walk along the alphabet, which long texts hide behind."""
    halves = range(1, len(value) // 2 + 1)
    is_repeated = any(value[step:] == value[:-step] for step in halves)
    steps = [abs(ord(a) - ord(b)) for a, b in itertools.pairwise(value)]
    return is_repeated or 4 * steps.count(1) > 3 * len(steps)


def refuse_shared(*names: str) -> None:
    """Refuse a value used for two secrets: whoever learns one must not learn the other.

    Raises ImproperlyConfigured.
    """
    seen: dict[str, str] = {}
    for name in names:
        value = given(name)
        if value and value in seen:
            raise refusal(name, f"must differ from {seen[value]}", example=_SECRET_EXAMPLE)
        seen[value] = name


def switch(name: str, *, default: bool) -> bool:
    """Return a yes or no.

    Raises ImproperlyConfigured for what is neither, which must not pass for a no.
    """
    value = given(name) or str(default)
    if value.lower() not in _SWITCH:
        raise refusal(name, f"must be true or false, not {value!r}", example="true")
    return _SWITCH[value.lower()]


def choice(name: str, *, among: Collection[str], default: str) -> str:
    """Return one of a few words.

    Raises ImproperlyConfigured.
    """
    value = given(name) or default
    if value not in among:
        raise refusal(name, f"must be one of {', '.join(among)}, not {value!r}", example=default)
    return value


def output(name: str, *, among: Collection[str]) -> str:
    """Return one of a few streams, the first unless told, or the absolute path of a file.

    Raises ImproperlyConfigured.
    """
    value = given(name) or next(iter(among))
    if value in among or (Path(value).is_absolute() and Path(value).parent.is_dir()):
        return value
    problem = f"must be {', '.join(among)} or a file in a folder that is there, not {value!r}"
    raise refusal(name, problem, example=next(iter(among)))


def number(name: str, *, default: int, at_least: int, at_most: int) -> int:
    """Return a whole number within bounds.

    Raises ImproperlyConfigured.
    """
    value = given(name) or str(default)
    is_number = value.isascii() and value.isdigit() and len(value) <= len(str(at_most))
    if not is_number or not at_least <= int(value) <= at_most:
        problem = f"must be a number from {at_least} to {at_most}, not {value!r}"
        raise refusal(name, problem, example=str(default))
    return int(value)


def folder(name: str, *, default: Path) -> Path:
    """Return a folder, which need not be there yet.

    Raises ImproperlyConfigured.
    """
    path = Path(given(name) or default)
    if not path.is_absolute():
        raise refusal(name, f"must be an absolute path, not {str(path)!r}", example=str(default))
    if path.exists() and not path.is_dir():
        raise refusal(name, f"must be a folder, and {path} is none", example=str(default))
    return path


def refuse_debug_mode(*names: str) -> None:
    """Refuse a wish for Django's debug pages, which show settings and source to visitors.

    Raises ImproperlyConfigured.
    """
    for name in names:
        if _SWITCH.get((given(name) or "no").lower(), True):
            raise ImproperlyConfigured(
                f"{name} must not be on: the shop has no debug mode."
                " Example: SHOP_LOG_LEVEL=DEBUG for more log lines"
            )


def refuse_unknown_names() -> None:
    """Refuse variables with the shop's prefix that nothing asked for: a typing error, most likely.

    Raises ImproperlyConfigured.
    """
    for name in sorted(os.environ):
        plain = name.removesuffix("_FILE")
        if name.startswith(PREFIX) and not {name, plain} & _asked:
            close = difflib.get_close_matches(plain, sorted(_asked), n=1, cutoff=0.7)
            hint = f"Did you mean {close[0]}?" if close else "See docs/configuration.md."
            raise ImproperlyConfigured(f"{name} is not a setting of the shop. {hint}")
