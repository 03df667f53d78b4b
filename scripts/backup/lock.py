"""One run at a time; the kernel lets go of the lock when its holder dies, however it dies."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from scripts.backup.faults import Busy, Missing

_LOOK = 0.2  # seconds between two tries


@contextlib.contextmanager
def held(folder: Path, command: str, *, wait: float = 0) -> Iterator[None]:
    """Hold the lock of this folder; `wait` so many seconds for whoever holds it.

    Raises Busy, which says who holds it; Missing.
    """
    try:
        file = (folder / ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise Missing(f"The folder {folder} cannot be written: {error.strerror}") from error
    with file:
        deadline = time.monotonic() + wait
        while not _taken(file):
            if time.monotonic() >= deadline:
                raise Busy(f"Another run is at work: {_holder(folder)}")
            time.sleep(_LOOK)
        file.truncate(0)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"command": command, "pid": os.getpid(), "since": since}, file)
        file.flush()
        yield
        file.truncate(0)


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(folder: Path) -> str:
    try:
        told = json.loads((folder / ".lock").read_text(encoding="utf-8"))
        return f"{told['command']} since {told['since']} (process {told['pid']})."
    except (OSError, ValueError, KeyError):
        return "it has not said what it does."
