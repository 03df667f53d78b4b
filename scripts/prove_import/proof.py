"""The claims, in turn."""

import subprocess
import sys
import tempfile
from pathlib import Path

from catalog.services.exports import export
from catalog.services.imports import Format
from scripts.prove_import.claims import Claims
from scripts.prove_import.importing import imported, worker
from scripts.prove_import.names import look_for_every_name

MOST_MEMORY = 300  # MB
_MANAGE = [sys.executable, "manage.py"]


def prove(file: Path) -> int:
    """Print what holds and what does not; return the exit code."""
    subprocess.run([*_MANAGE, "migrate", "--verbosity", "0"], check=True)
    claims = Claims()
    with worker() as process, tempfile.TemporaryDirectory() as folder:
        first = imported(file, process, "first import")
        claims.state(f"memory stays below {MOST_MEMORY} MB", holds=first.memory < MOST_MEMORY)
        again = imported(file, process, "second import")
        claims.state(
            "a second import changes nothing, and says so",
            holds=again.counts == (0, 0, first.created, first.refused),
        )
        for kind in ("csv", "jsonl"):
            exported = _exported(Path(folder), kind)
            back = imported(exported, process, f"export as {kind}, imported")
            claims.state(
                "what is exported comes back unchanged",
                holds=back.counts == (0, 0, first.created, 0),
            )
    look_for_every_name(claims)
    print("\ninvariants", flush=True)
    checked = subprocess.run([*_MANAGE, "check_invariants"], check=False)
    claims.state("every invariant holds", holds=checked.returncode == 0)
    return claims.exit_code


def _exported(folder: Path, kind: str) -> Path:

    path = folder / f"export.{kind}"
    with path.open("wb") as stream:
        stream.writelines(export(format_=Format(kind)))
    return path
