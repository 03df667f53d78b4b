"""Start the programs the work is done with, and turn their failures into faults."""

import contextlib
import errno
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from scripts.backup.faults import DatabaseFailed, Fault, TargetFull, ToolFailed

DEVNULL, PIPE = subprocess.DEVNULL, subprocess.PIPE
_NO_ROOM = ("No space left on device", "Disk quota exceeded", "could not extend file")
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_LONGEST = 400  # characters of a program's complaint in one message


def start(
    command: Sequence[str | Path],
    environ: Mapping[str, str],
    *,
    stdin: IO[bytes] | int | None = subprocess.DEVNULL,
    stdout: IO[bytes] | int | None = subprocess.PIPE,
    stderr: IO[bytes] | int | None = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start a program found in the PATH of `environ`.

    Raises ToolFailed.
    """
    try:
        return subprocess.Popen(command, env=environ, stdin=stdin, stdout=stdout, stderr=stderr)
    except OSError as error:
        raise ToolFailed(f"{command[0]} cannot be started: {error.strerror}") from error


def run(
    command: Sequence[str | Path],
    environ: Mapping[str, str],
    *,
    what: str,
    failure: type[Fault] = ToolFailed,
    given: bytes | None = None,
) -> bytes:
    """Run a program to its end and return what it wrote.

    Raises `failure` (TargetFull where the disk was full), ToolFailed.
    """
    process = start(
        command, environ, stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL
    )
    written, complaint = process.communicate(given)
    if process.returncode:
        raise fault(what, complaint, failure)
    return written


@contextlib.contextmanager
def faults_of_the_system() -> Iterator[None]:
    """Turn what the system refuses (no room, no permission) into faults.

    Raises TargetFull, ToolFailed.
    """
    try:
        yield
    except OSError as error:
        kind = TargetFull if error.errno in NO_SPACE else ToolFailed
        raise kind(f"{error.filename or 'A file'}: {error.strerror or error}") from error


def fault(what: str, complaint: bytes, failure: type[Fault] = ToolFailed) -> Fault:
    """Return the fault that this complaint of a program means."""
    text = " ".join(complaint.decode(errors="replace").split())
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
    if any(sign in text for sign in _NO_ROOM):
        return TargetFull(f"{what}: there is no room: {short}")
    if failure is DatabaseFailed and "could not connect" in text:
        return DatabaseFailed(f"{what}: the database does not answer: {short}")
    return failure(f"{what}: {short or 'failed without a word'}")
