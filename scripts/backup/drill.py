"""Rehearse the disaster: restore the newest proven set in full, compare, and measure.

RTO is how long it takes until database and files are back and compared. RPO is how much would be
lost if this machine were gone now: the time since the newest change that is archived, or since the
set where changes are not archived.
"""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scripts.backup import lock, programs, reports, restore, scratch, sets, verify, wal
from scripts.backup.faults import Fault
from scripts.backup.run import clear_leftovers
from scripts.backup.settings import Settings


@dataclass(frozen=True)
class Drill:
    """What a drill measured, in seconds."""

    set: str
    tables: int
    rows: int
    files: int
    rto_seconds: float
    rpo_seconds: float


def drill(
    settings: Settings, say: Callable[[str], None], name: str = "newest", *, wait: float = 0
) -> Drill:
    """Restore a set beside everything live, compare byte by byte, and clean up.

    `wait` is how many seconds to wait for another run to end.

    Raises Fault, after writing a report that says the drill failed.
    """
    try:
        with programs.faults_of_the_system(), lock.held(settings.sets, "drill", wait=wait):
            clear_leftovers(settings, say)
            found = sets.named(name, settings)
            measured = _rehearse(found, settings, say)
    except Fault:
        with contextlib.suppress(OSError):
            before = reports.read(settings, "drill")
            kept = {key: before.get(key) for key in ("rto_seconds", "rpo_seconds")}
            reports.write(settings, "drill", finished_at=reports.now(), ok=False, **kept)
        raise
    reports.write(
        settings,
        "drill",
        finished_at=reports.now(),
        rto_seconds=measured.rto_seconds,
        rpo_seconds=measured.rpo_seconds,
        ok=True,
    )
    return measured


def _rehearse(found: sets.Set, settings: Settings, say: Callable[[str], None]) -> Drill:
    rpo = rpo_seconds(found, settings)
    begun = time.monotonic()
    manifest = found.proven_manifest(settings)
    verify.check_files(found, manifest)
    verify.check_trees(found, manifest, settings)
    folder = Path(tempfile.mkdtemp(prefix=".drill-", suffix=sets.PARTIAL, dir=settings.sets))
    try:
        with scratch.database(settings, manifest) as database:
            say(f"restores the database of {found.id}")
            scratch.fill(settings, database, found.folder, manifest)
            scratch.compare(settings, database, manifest)
        # Keys and passwords were compared in the stream; they need not lie here in the clear.
        restore.to_folder(found, settings, folder, say, parts=["media"])
        rto = time.monotonic() - begun
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tables = manifest["database"]["tables"].values()
    return Drill(
        set=found.id,
        tables=len(tables),
        rows=sum(table["rows"] for table in tables),
        files=sum(tree["files"] for tree in manifest["trees"].values()),
        rto_seconds=round(rto, 1),
        rpo_seconds=round(rpo, 1),
    )


def rpo_seconds(found: sets.Set, settings: Settings) -> float:
    """Return how old the newest change is that could be had back now, in seconds."""
    newest = datetime.fromisoformat(found.manifest()["snapshot_at"])
    if archived := wal.newest_recoverable_at(settings):
        newest = max(newest, datetime.fromisoformat(archived))
    return max(0.0, (datetime.now(UTC) - newest).total_seconds())
