import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ecommerce_backend.tests.refusals import ROOT
from scripts.audit import verdict

PINNED = (ROOT / "requirements.txt").read_text()
PINS = re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^\s;\\]+)", PINNED, re.MULTILINE)
DJANGO: dict[str, Any] = {"name": "django", "version": "5.2.19", "vulns": []}
WEAK: dict[str, Any] = {
    "name": "pyjwt",
    "version": "2.10",
    "vulns": [
        {"id": "PYSEC-2026-1", "fix_versions": ["2.12", "2.13"]},
        {"id": "PYSEC-2026-2", "fix_versions": []},
    ],
}
SKIPPED: dict[str, Any] = {"name": "orjson", "skip_reason": "not found"}


def audit(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.audit", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_list_of_libraries_is_valid_and_holds_each_that_is_pinned(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"

    assert audit("--sbom", str(file)).returncode == 0

    sbom = json.loads(file.read_text())
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    assert sbom["metadata"]["component"]["name"] == "nexus"
    listed = {(one["name"], one["version"]) for one in sbom["components"]}
    assert listed == set(PINS)
    assert {one["purl"].partition("@")[0] for one in sbom["components"]} == {
        f"pkg:pypi/{name}" for name, _ in PINS
    }


def test_each_library_is_pinned_to_files_of_known_content() -> None:
    lists = [path.read_text() for path in ROOT.glob("requirements*.txt")]
    entries = [
        entry for text in lists for entry in re.split(r"\n(?=[a-z0-9])", text) if "==" in entry
    ]

    assert len(PINS) > 40
    assert len(entries) > len(PINS)
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_an_audit_that_reaches_nobody_says_so(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"

    asked = audit(HTTPS_PROXY=nowhere, https_proxy=nowhere, HOME=str(tmp_path))

    assert asked.returncode == 69
    assert asked.stdout == "Could not reach the advisory database; nothing is proven.\n"


@pytest.mark.parametrize(
    ("libraries", "code", "words"),
    [
        ([DJANGO], 0, "1 libraries, none with a known weakness."),
        (
            [DJANGO, WEAK],
            1,
            (
                "pyjwt 2.10: PYSEC-2026-1 (fixed in 2.12, 2.13);"
                " PYSEC-2026-2 (fixed in no version yet)"
            ),
        ),
        (
            [DJANGO, WEAK, SKIPPED],
            69,
            "Could not reach the advisory database; nothing is proven. It does not know: orjson.",
        ),
        ([], 69, "Could not reach the advisory database; nothing is proven."),
    ],
)
def test_only_who_was_asked_about_every_library_may_call_it_clean(
    libraries: list[dict[str, Any]], code: int, words: str
) -> None:
    assert verdict({"dependencies": libraries}) == (code, words)
