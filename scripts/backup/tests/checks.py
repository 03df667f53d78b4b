"""What the tests of faults look at."""

import select
import subprocess
import time
from collections.abc import Callable
from typing import TypeVar

from scripts.backup.sets import Set

PATIENCE = 60  # seconds
Found = TypeVar("Found")


def noticed(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Hold a failed command against its exit code, and its last line against these words."""
    assert done.returncode == code, done.stderr
    last = done.stderr.splitlines()[-1]
    assert "FAILED" in last
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in last


def content(one: Set) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in one.folder.iterdir()}


def wait_for(condition: Callable[[], Found]) -> Found:
    """Return what the condition finds, as soon as it finds anything."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := condition():
            return found
        select.select([], [], [], 0.02)
    raise AssertionError("it did not happen in time")
