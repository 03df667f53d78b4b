"""Reads .env.prod as `docker compose --env-file` does, and refuses what the two could differ on.

Compose expands `$NAME` and backslashes in such files; here nothing is ever evaluated. So the form
is narrow: `KEY=value`, where the value is bare, 'literal' or "quoted", and lines that begin with #.
Source: the dotenv package of compose-go.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from scripts.deploy.outcome import Code, Stop

_KEY = re.compile(r"[A-Z][A-Z0-9_]*")
_QUOTED = re.compile(r"""(?P<quote>['"])(?P<inside>.*?)(?P=quote)\s*(?:\s#.*)?""")


def read(path: Path) -> dict[str, str]:
    """Return the settings by name.

    Raises Stop, which names the file and the number of the line.
    """
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        raise Stop(f"{path.name} is missing", hint="scripts/deploy.sh init makes it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"{path.name} cannot be read: {error}") from error
    settings: dict[str, str] = {}
    # Not splitlines, which also ends a line at characters that may stand in a value.
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            settings |= _parse(line, settings)
        except ValueError as error:
            raise Stop(f"{path.name}, line {number}: {error}", Code.REFUSED) from None
    return settings


def _parse(line: str, known: Mapping[str, str]) -> dict[str, str]:
    if any(not (character.isprintable() or character == "\t") for character in line):
        raise ValueError("holds an invisible character, such as a line end of Windows")
    stripped = line.strip()
    if not stripped or stripped.startswith("#"):
        return {}
    key, equals, rest = stripped.partition("=")
    if not equals:
        raise ValueError("is not KEY=value")
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not a name of capitals, digits and underscores")
    if key in known:
        raise ValueError(f"{key} is set a second time")
    return {key: _quoted(rest) if rest[:1] in {"'", '"'} else _bare(rest)}


def _quoted(rest: str) -> str:
    quoted = _QUOTED.fullmatch(rest)
    if quoted is None:
        raise ValueError("the quotation mark is not closed, or something follows it")
    inside = quoted["inside"]
    return _plain(inside, may_hold_dollars=quoted["quote"] == "'")


def _bare(rest: str) -> str:
    if rest[:1].isspace():
        raise ValueError("has a blank after the equals sign")
    value = re.split(r"\s#", rest, maxsplit=1)[0].rstrip()
    if "'" in value or '"' in value:
        raise ValueError("has a quotation mark in the middle; put it all in the other kind")
    return _plain(value, may_hold_dollars=False)


def _plain(value: str, *, may_hold_dollars: bool) -> str:
    if "\\" in value:
        raise ValueError("has a backslash, which tools read differently")
    if "$" in value and not may_hold_dollars:
        raise ValueError("has a $, which would be replaced; put the value between '…'")
    return value


def quoted(value: str) -> str:
    """Return a value as it stands in the file. Raises Stop for one that has no form there."""
    for form in (value, f"'{value}'", f'"{value}"'):
        try:
            if _parse(f"KEY={form}", {}) == {"KEY": value}:
                return form
        except ValueError:
            continue
    raise Stop(f"the value {value!r} has no form in a settings file", Code.REFUSED)
