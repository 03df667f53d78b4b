"""The log of changing commands: .production/deploys.jsonl, one line per run."""

import getpass
import json
import os
import time
from datetime import UTC, datetime
from typing import Any

from scripts.deploy import state
from scripts.deploy.outcome import Stop
from scripts.deploy.site import SECRETS_GROUP, Site


class Entry:
    """A run that is under way; `close` writes its line."""

    def __init__(self, site: Site, command: str) -> None:
        self.site = site
        self.command = command
        self.began_at = datetime.now(UTC)
        self._began = time.monotonic()

    def close(self, *, code: int, message: str = "") -> None:
        """Append the line, whole and on the disk. `seconds` is how long the run took."""
        line = {
            "at": self.began_at.isoformat(timespec="seconds"),
            "who": _who(),
            "command": self.command,
            "release": _release(self.site),
            "result": "done" if code == 0 else message or "failed",
            "seconds": round(time.monotonic() - self._began, 1),
            "exit_code": int(code),
        }
        self.site.prepare()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self.site.journal, flags, 0o640)
        try:
            if os.geteuid() == 0:
                os.fchown(descriptor, -1, SECRETS_GROUP)  # it is backed up
            os.write(descriptor, (json.dumps(line, ensure_ascii=False) + "\n").encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def lines(site: Site) -> list[dict[str, Any]]:
    """Return the runs, oldest first. A line that a power cut left in pieces is left out."""
    try:
        text = site.journal.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    runs = []
    for line in text.splitlines():
        try:
            run = json.loads(line)
        except ValueError:
            continue
        if isinstance(run, dict):
            runs.append(run)
    return runs


def _who() -> str:
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _release(site: Site) -> str | None:
    try:
        running = state.load(site)
    except Stop:
        return None
    return running.release if running else None
