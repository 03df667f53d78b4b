"""Tell the shop, and a dead man's switch, how the backups fare."""

import contextlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.backup.settings import Settings

_PING_SECONDS = 10


def write(settings: Settings, name: str, **facts: Any) -> None:
    """Write one report for health and metrics, in one step for whoever reads it."""
    if settings.reports is None:
        return
    target = settings.reports / f"{name}.json"
    fresh = target.with_suffix(".json.new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(facts, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(0o644)  # the shop reads it from an account of its own
    fresh.replace(target)


def read(settings: Settings, name: str) -> dict[str, Any]:
    """Return what a report says, nothing where there is none."""
    if settings.reports is None:
        return {}
    with contextlib.suppress(OSError, ValueError):
        told = json.loads((settings.reports / f"{name}.json").read_text(encoding="utf-8"))
        return told if isinstance(told, dict) else {}
    return {}


def now() -> str:
    """Return the time as the reports hold it (RFC 3339, UTC)."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def of_file(path: Path) -> str:
    """Return when a file was last written (RFC 3339, UTC)."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")


def ping(settings: Settings, event: str, say: Callable[[str], None], body: str = "") -> None:
    """Tell the dead man's switch: `start`, `fail`, or nothing for success.

    That it cannot be reached is said, and is no reason to have no backup.
    """
    if not settings.ping_url:
        return
    address = f"{settings.ping_url}/{event}" if event else settings.ping_url
    request = urllib.request.Request(address, data=body.encode(), method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_PING_SECONDS):  # noqa: S310  # checked http(s)
            pass
    except (OSError, urllib.error.URLError, ValueError) as error:
        say(f"the ping did not arrive: {error}")
