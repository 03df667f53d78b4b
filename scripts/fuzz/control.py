"""The control of scripts/fuzz: a document that is wrong, which the run must find."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import yaml

from scripts.environment import Environment
from scripts.fuzz.players import Player
from scripts.fuzz.report import Report

NAME = "control"
FOUND = {"Undocumented status code", "Response violates schema"}
_FORGOTTEN, _MISTYPED = "/api/v1/brands/", "/api/v1/categories/"


def fetch_document(folder: Path, shop: Environment) -> Path:
    """Keep the document as the shop serves it."""
    file = folder / "openapi.yml"
    answer = httpx.get(f"{shop['SHOP_BASE_URL']}/api/v1/schema/", timeout=30)
    file.write_bytes(answer.raise_for_status().content)
    return file


def player(folder: Path, document: Path, *, seed: int) -> Player:
    """Return a guest with a document in which a status is missing and a name is a number."""
    wrong = yaml.load(document.read_text(), Loader=yaml.CSafeLoader)
    paths = wrong["paths"] = {path: wrong["paths"][path] for path in (_FORGOTTEN, _MISTYPED)}
    del paths[_FORGOTTEN]["get"]["responses"]["200"]
    answer = paths[_MISTYPED]["get"]["responses"]["200"]["content"]["application/json"]
    row = {"type": "object", "properties": {"name": {"type": "integer"}}}
    answer["schema"] = {"type": "array", "items": row}
    file = folder / "wrong.json"
    file.write_text(json.dumps(wrong))
    only = ("--phases", "fuzzing")
    return Player(name=NAME, role="guest", seed=seed, cases=100, document=str(file), only=only)


def complaints(folder: Path) -> Iterator[str]:
    """Say so if the wrong document went unnoticed."""
    report = Report.of([folder / f"{NAME}.jsonl"])
    if missed := FOUND - {line["title"] for line in report.failures}:
        yield f"The control was not found: {', '.join(sorted(missed))}."
