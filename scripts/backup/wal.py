"""Archived changes (WAL): encrypted beside the base backups, so that minutes are lost, not a day.

PostgreSQL hands each segment to archive_wal.sh, which lays it into the archive, compressed. From
there it is encrypted into `wal/` of the base backups' folder, read back, and copied to the other
machine.
"""

import contextlib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from scripts.backup import crypt, offsite, reports
from scripts.backup.faults import Missing, Unreachable
from scripts.backup.settings import Settings
from scripts.backup.streams import CHUNK

_ARCHIVED = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\.gz|[0-9A-F]{8}\.history\.gz")
_PER_LOG = 256  # segments of 16 MiB in 4 GiB, as the names count


def position(name: str) -> int | None:
    """Return which segment this is, counted from the first; None for the history of a timeline."""
    found = _ARCHIVED.fullmatch(name.removesuffix(".age").removesuffix(".gz") + ".gz")
    if found is None or found[2] is None:
        return None
    return int(found[2], 16) * _PER_LOG + int(found[3], 16)


def position_of_lsn(lsn: str) -> int:
    """Return which segment holds this place in the log."""
    high, low = lsn.split("/")
    return int(high, 16) * _PER_LOG + (int(low, 16) >> 24)


def archived(settings: Settings) -> list[Path]:
    """Return what PostgreSQL has archived and is still here, oldest first."""
    return _found(settings.wal, "*.gz")


def shipped(settings: Settings) -> list[Path]:
    """Return what is encrypted beside the base backups, oldest first."""
    return _found(_folder(settings), "*.gz.age")


def ship(settings: Settings, say: Callable[[str], None]) -> list[str]:
    """Encrypt what is new in the archive, read it back, copy it away; return the names.

    Raises Fault.
    """
    if not settings.wal.is_dir():
        raise Missing(f"The archive of changes is not there: {settings.wal}")
    folder = _folder(settings)
    folder.mkdir(mode=0o700, exist_ok=True)
    there = {path.name for path in shipped(settings)}
    new = [path for path in archived(settings) if f"{path.name}.age" not in there]
    for path in new:
        _ship(path, folder, settings)
    if new:
        say(f"{len(new)} segments encrypted, the newest {new[-1].name}")
    if settings.remote:
        offsite.copy_wal(settings, folder)
    return [path.name for path in new]


def _ship(path: Path, folder: Path, settings: Settings) -> None:
    fresh = folder / f".{path.name}.new"
    fresh.unlink(missing_ok=True)
    with path.open("rb") as source, crypt.Sealed(fresh, settings) as sealed:
        while data := source.read(CHUNK):
            sealed.write(data)
    with crypt.opened(fresh, settings, plain_sha256=sealed.written.plain_sha256):
        pass
    written = path.stat().st_mtime
    os.utime(fresh, (written, written))  # it tells how far back one could go
    fresh.rename(folder / f"{path.name}.age")


def check_gapless(names: Iterable[str], start: int) -> None:
    """Hold the segments against each other: from `start` on, none may be missing.

    Raises Unreachable.
    """
    there = {found for name in names if (found := position(name)) is not None and found >= start}
    if not there:
        return
    missing = sorted(set(range(start, max(there))) - there)
    if missing:
        first = f"{missing[0] // _PER_LOG:08X}{missing[0] % _PER_LOG:08X}"
        raise Unreachable(
            f"{len(missing)} archived segments are missing, the first is …{first}. "
            "Changes after it cannot be had back until the next base backup: make one now (`base`)."
        )


def prune(settings: Settings, oldest: int) -> int:
    """Delete the segments before the oldest that a base backup needs; return how many."""
    gone = 0
    for path in (*archived(settings), *shipped(settings)):
        found = position(path.name)
        if found is not None and found < oldest:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def fetch(settings: Settings, target: Path, start: int) -> list[str]:
    """Decrypt all segments from `start` on, and the timelines' histories, into a folder.

    Raises Damaged, WrongKey, Unreachable.
    """
    names = [
        path.name.removesuffix(".age")
        for path in shipped(settings)
        if (found := position(path.name)) is None or found >= start
    ]
    check_gapless(names, start)
    for name in names:
        with (
            crypt.opened(_folder(settings) / f"{name}.age", settings) as source,
            (target / name).open("wb") as file,
        ):
            while data := source.read(CHUNK):
                file.write(data)
    return names


def newest_at(settings: Settings) -> str | None:
    """Return when PostgreSQL last archived (RFC 3339), None where it never did."""
    newest = [path for path in archived(settings) if position(path.name) is not None][-1:]
    with contextlib.suppress(OSError):
        return reports.of_file(newest[0]) if newest else None
    return None


def newest_recoverable_at(settings: Settings) -> str | None:
    """Return until when changes are safe (RFC 3339): encrypted, and copied where that is set.

    Raises DatabaseFailed.
    """
    safe = [path for path in shipped(settings) if position(path.name) is not None]
    if settings.remote:
        away = offsite.copied(settings, offsite.kind_of_wal(settings))
        safe = [path for path in safe if path.name in away]
    return reports.of_file(safe[-1]) if safe else None


def _folder(settings: Settings) -> Path:
    return settings.bases / "wal"


def _found(folder: Path, pattern: str) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.glob(pattern) if _ARCHIVED.fullmatch(path.name.removesuffix(".age"))
    )
