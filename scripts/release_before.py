"""Which release came before this one, and its code in a folder of its own."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

LISTS = ("requirements.txt", "requirements-local.txt")
MIGRATIONS = ":(glob)**/migrations/*.py"


class NotFound(Exception):
    """There is nothing to compare with; the message says why."""


class Before(NamedTuple):
    """A commit, and how it came to be the one."""

    commit: str
    reason: str


def find(repository: Path, ref: str | None) -> Before:
    """Return the release before the working tree, or the given ref. Raises NotFound.

    Without a release the last commit with other migrations stands for it: it is what a shop that
    follows the main branch may run.
    """
    if ref is not None:
        return Before(_commit(repository, ref), f"{ref}, as asked for")
    here = _git(repository, "tag", "--points-at", "HEAD").split()
    tags = _git(repository, "tag", "--merged", "HEAD", "--sort=-version:refname", "v*").split()
    for tag in tags:
        if tag not in here:
            return Before(_commit(repository, tag), f"the last release, {tag}")
    if _git(repository, "status", "--porcelain", "--", MIGRATIONS):
        return Before(
            _commit(repository, "HEAD"),
            "no release is tagged yet; the last commit, whose migrations the working tree changes",
        )
    history = ["log", "--first-parent", "--max-count=1", "--format=%H"]
    changed = _git(repository, *history, "HEAD", "--", MIGRATIONS)
    parent = _git(repository, *history, f"{changed}~", check=False) if changed else ""
    if not parent:
        raise NotFound("No release is tagged, and no earlier commit has other migrations.")
    return Before(parent, "no release is tagged yet; the last commit with other migrations")


def check_out(repository: Path, before: Before, folder: Path) -> None:
    """Put the files of that commit into a folder, and nothing else."""
    archive = ["git", "archive", before.commit]
    unpack = ["tar", "--extract", f"--directory={folder}"]
    with subprocess.Popen(archive, cwd=repository, stdout=subprocess.PIPE) as packing:
        subprocess.run(unpack, stdin=packing.stdout, check=True)
    if packing.returncode:
        raise NotFound(f"git archive ended with code {packing.returncode}.")


def python_of(repository: Path, folder: Path) -> str:
    """Return a Python with the libraries of that release, installed unless they are ours."""
    if all((repository / name).read_bytes() == (folder / name).read_bytes() for name in LISTS):
        return sys.executable
    bash = shutil.which("bash") or "/bin/bash"
    install = f". scripts/lib.sh; install {' '.join(LISTS)}"
    subprocess.run([bash, "-Eeuo", "pipefail", "-c", install], cwd=folder, check=True)
    return str(folder / ".venv" / "bin" / "python")


def _commit(repository: Path, ref: str) -> str:
    commit = _git(repository, "rev-parse", "--verify", f"{ref}^{{commit}}", check=False)
    if not commit:
        raise NotFound(f"There is no {ref} in this repository.")
    return commit


def _git(repository: Path, *arguments: str, check: bool = True) -> str:
    run = subprocess.run(
        ["git", *arguments], cwd=repository, capture_output=True, text=True, check=False
    )
    if run.returncode and check:
        raise NotFound(run.stderr.strip())
    return run.stdout.strip() if not run.returncode else ""
