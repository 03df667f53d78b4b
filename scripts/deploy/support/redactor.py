"""Blanks in texts and documents whatever is secret or says who a customer is."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from ecommerce_backend.redaction import BLANK, is_secret, scrub

_EMAIL = re.compile(r"[\w.+%'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.{0,20000}?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_SHORTEST = 6  # characters; a shorter line of a secret's file would blank words of the language
_ASSIGNED = re.compile(r"[\w.-]+\s*[=:]\s*(.+)")
_PIECE = 4000  # characters; `scrub` drops what is beyond twice that


class Redactor:
    """Knows the installation's own secrets by their files, and others by how they look.

    Raises OSError for a file that cannot be read: what is in it could not be blanked.
    """

    def __init__(self, secrets: Path, *, is_on: bool = True) -> None:
        self.is_on = is_on
        known = {form for path in _files(secrets) for form in _forms(path)}
        longest_first = sorted(known, key=len, reverse=True)
        self._own = re.compile("|".join(map(re.escape, longest_first))) if known else None

    def text(self, text: str) -> str:
        """Return a text with blanks, its lines where they were."""
        if not self.is_on:
            return text
        if self._own:
            text = self._own.sub(BLANK, text)
        text = _PRIVATE_KEY.sub(BLANK, text)
        # `scrub` reads a sentence; a line of a log may be a long one.
        lines = ["".join(map(scrub, _pieces(line))) for line in text.split("\n")]
        return _EMAIL.sub("[e-mail]", "\n".join(lines))

    def document(self, value: Any, *, name: str = "") -> Any:
        """Return a document with blanks: by the names of its fields, and by its texts."""
        if not self.is_on:
            return value
        if isinstance(value, Mapping):
            return {
                self.text(str(key)): self.document(item, name=str(key))
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.document(item, name=name) for item in value]
        # The file that a secret is in may be known; it says nothing.
        if is_secret(name) and not name.endswith("_FILE") and value not in (None, "", 0, False):
            return BLANK
        return self.text(value) if isinstance(value, str) else value


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _forms(path: Path) -> set[str]:
    """Return what is secret in a file: each line, each value in it, a URL's password."""
    found = set()
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        text = line.strip()
        if text.startswith("#"):
            continue
        found.add(text)
        if assigned := _ASSIGNED.fullmatch(text):
            found.add(assigned[1])
        found |= {word.lstrip("#>") for word in text.split() if word.startswith(("#", ">"))}
        try:
            found.add(urlsplit(text).password or "")
        except ValueError:
            continue
    found |= {unquote(text) for text in found} | {quote(text, safe="") for text in found}
    return {text for text in found if len(text) >= _SHORTEST}


def _pieces(line: str) -> list[str]:
    return [line[at : at + _PIECE] for at in range(0, len(line), _PIECE)] or [""]
