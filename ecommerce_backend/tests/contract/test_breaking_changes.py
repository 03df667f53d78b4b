"""What breaks clients of the last release needs a new version and a note in the changelog."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "scripts/contract/breaking_changes.py"
DOCUMENT = ROOT / "docs/openapi.yml"
NOTED = "# Changelog\n\n## 2.0.0\n\n### Breaking\n- Products have no rating any more.\n"

Change = Callable[[Any], None]
Outcome = subprocess.CompletedProcess[str]


def remove_a_field(document: Any) -> None:
    card = document["components"]["schemas"]["ProductCard"]
    del card["properties"]["rating"]
    card["required"].remove("rating")


def ask_for_more(document: Any) -> None:
    line = document["components"]["schemas"]["AddLineRequest"]
    line["properties"]["gift"] = {"type": "boolean"}
    line["required"].append("gift")


def remove_an_operation(document: Any) -> None:
    del document["paths"]["/api/v1/brands/"]


def add_a_field(document: Any) -> None:
    card = document["components"]["schemas"]["ProductCard"]
    card["properties"]["subtitle"] = {"type": "string"}


def judged(
    folder: Path, change: Change, *, version: str | None = None, changelog: str = ""
) -> Outcome:
    document = yaml.load(DOCUMENT.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    change(document)
    document["info"]["version"] = version or document["info"]["version"]
    current, notes = folder / "openapi.yml", folder / "CHANGELOG.md"
    current.write_text(
        yaml.dump(document, sort_keys=False, Dumper=yaml.CSafeDumper), encoding="utf-8"
    )
    notes.write_text(changelog, encoding="utf-8")
    return run(f"--released={DOCUMENT}", f"--current={current}", f"--changelog={notes}")


def run(*arguments: str) -> Outcome:
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_whatever_broke_since_the_last_release_is_noted() -> None:
    outcome = run()

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (remove_a_field, "removed the required property `results/items/rating`"),
        (ask_for_more, "added the new required request property `gift`"),
        (remove_an_operation, "GET /api/v1/brands/: api path removed without deprecation"),
    ],
)
def test_a_change_that_breaks_clients_is_found(tmp_path: Path, change: Change, told: str) -> None:
    outcome = judged(tmp_path, change)

    assert outcome.returncode == 1
    assert told in outcome.stdout
    assert "give the API a new version" in outcome.stderr


def test_a_new_optional_field_of_an_answer_breaks_nobody(tmp_path: Path) -> None:
    outcome = judged(tmp_path, add_a_field)

    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert outcome.stdout == "Nothing breaks clients of the last release.\n"


@pytest.mark.parametrize(
    "changelog", ["", "## 2.0.0\n\n### Added\n- More.\n", "## 2.0.0\n\n### Breaking\n"]
)
def test_a_new_version_alone_does_not_allow_it(tmp_path: Path, changelog: str) -> None:
    outcome = judged(tmp_path, remove_a_field, version="2.0.0", changelog=changelog)

    assert outcome.returncode == 1
    assert outcome.stderr == "CHANGELOG.md has no note under '### Breaking' of 2.0.0.\n"


def test_a_note_under_the_new_version_allows_it(tmp_path: Path) -> None:
    outcome = judged(tmp_path, remove_a_field, version="2.0.0", changelog=NOTED)

    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "results/items/rating" in outcome.stdout
