"""What the demo shop consists of, in JSON: departments, shapes, people, words."""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_LIMITED = re.compile(r"\[(?P<words>[^]]+)\] (?P<text>.+)")


@cache
def load(name: str) -> Any:
    """Return the content of one file, by its name without the ending."""
    return json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))


@cache
def load_all(folder: str) -> list[Any]:
    """Return the contents of the files of a folder, in the order of their names."""
    return [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((_HERE / folder).glob("*.json"))
    ]


def fitting(sentences: Sequence[str], word: str) -> list[str]:
    """Keep the sentences that fit: "[oak, walnut] …" does for those two words alone."""
    found = []
    for sentence in sentences:
        limited = _LIMITED.fullmatch(sentence)
        if limited is None:
            found.append(sentence)
        elif word in limited["words"].split(", "):
            found.append(limited["text"])
    return found
