"""One run at a time; the kernel lets go of the lock when its holder dies, however it dies."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from scripts.backup.faults import Busy, Missing


@contextlib.contextmanager
def held(folder: Path, command: str) -> Iterator[None]:
    """Hold the lock of this folder.

    Raises Busy, which says who holds it; Missing.
    """
    try:
        file = (folder / ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise Missing(f"The folder {folder} cannot be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"Another run is at work: {_holder(folder)}") from error
        file.truncate(0)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"command": command, "pid": os.getpid(), "since": since}, file)
        file.flush()
        yield
        file.truncate(0)


def _holder(folder: Path) -> str:
    try:
        told = json.loads((folder / ".lock").read_text(encoding="utf-8"))
        return f"{told['command']} since {told['since']} (process {told['pid']})."
    except (OSError, ValueError, KeyError):
        return "it has not said what it does."
