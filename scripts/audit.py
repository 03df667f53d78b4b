"""What scripts/audit.sh does: pip-audit and cyclonedx-py over the pinned libraries.

pip-audit reports success when a registry answers that it knows none of the libraries, as mirrors
without advisories do. Here that counts as not having asked.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "requirements.txt"
NONE_KNOWN, SOME_KNOWN, NOT_REACHED = os.EX_OK, 1, os.EX_UNAVAILABLE
Report = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/audit.sh")
    parser.add_argument("--sbom", metavar="FILE", type=Path, help="write a CycloneDX list instead")
    options = parser.parse_args()
    if options.sbom:
        return write_sbom(options.sbom)
    code, words = verdict(ask())
    print(words)
    return code


def write_sbom(path: Path) -> int:
    """Write and validate the list of libraries, with the hash of each file."""
    command = ["cyclonedx_py", "requirements", "--pyproject", str(ROOT / "pyproject.toml")]
    output = ["--output-reproducible", "--validate", "--output-file", str(path), str(PINNED)]
    return subprocess.run([sys.executable, "-m", *command, *output], check=False).returncode


def ask() -> Report | None:
    """Return pip-audit's report, or None when it could not make one."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        options = ["--require-hashes", "--disable-pip", "--progress-spinner=off", "--timeout=15"]
        output = ["--format=json", f"--output={file}", f"--requirement={PINNED}"]
        subprocess.run(
            [sys.executable, "-m", "pip_audit", *options, *output],
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if not file.exists():
            return None
        report: Report = json.loads(file.read_text())
        return report


def verdict(report: Report | None) -> tuple[int, str]:
    """Return the exit code and what to say."""
    libraries = report["dependencies"] if report else []
    unknown = [library["name"] for library in libraries if "skip_reason" in library]
    if not libraries or unknown:
        names = f" It does not know: {', '.join(unknown)}." if unknown else ""
        return NOT_REACHED, f"Could not reach the advisory database; nothing is proven.{names}"
    weak = [
        f"{one['name']} {one['version']}: {_weaknesses(one)}" for one in libraries if one["vulns"]
    ]
    if weak:
        return SOME_KNOWN, "\n".join(weak)
    return NONE_KNOWN, f"{len(libraries)} libraries, none with a known weakness."


def _weaknesses(library: Report) -> str:
    return "; ".join(
        f"{weakness['id']} (fixed in {', '.join(weakness['fix_versions']) or 'no version yet'})"
        for weakness in library["vulns"]
    )


if __name__ == "__main__":
    sys.exit(main())
