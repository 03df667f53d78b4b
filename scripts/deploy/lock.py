"""One changing command at a time."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site


@contextmanager
def held(site: Site, command: str) -> Iterator[None]:
    """Hold the lock of changing commands; the kernel lets go of it when the process dies.

    Raises Stop with code 4 when another run has it, naming that run.
    """
    site.prepare()
    # Opened without truncation: what is in it is about the run that holds it.
    descriptor = os.open(site.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(
                f"another run is under way: {_holder(file.read())}",
                Code.LOCKED,
                hint="wait for it to end; the lock goes with its process",
            ) from None
        since = datetime.now(UTC).isoformat(timespec="seconds")
        file.seek(0)
        file.truncate()
        json.dump({"command": command, "pid": os.getpid(), "since": since}, file)
        file.flush()
        yield
        file.seek(0)
        file.truncate()


def _holder(content: str) -> str:
    try:
        run = json.loads(content)
        return f"{run['command']} (process {run['pid']}, since {run['since']})"
    except (ValueError, KeyError, TypeError):
        return "one that has just begun"
