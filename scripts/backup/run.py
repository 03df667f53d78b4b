"""The whole of one backup: make it, prove it, prune, copy it away, and tell how it went."""

import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime

from scripts.backup import (
    create,
    lock,
    offsite,
    programs,
    reports,
    retention,
    scratch,
    sets,
    verify,
    wal,
)
from scripts.backup.faults import Fault
from scripts.backup.settings import Settings


def run(
    settings: Settings,
    say: Callable[[str], None],
    *,
    wait: float = 0,
    accepts_loss: bool = False,
) -> sets.Set:
    """Make a set and prove it; a set that cannot be proven stays, but counts for nothing.

    `wait` is how many seconds to wait for another run to end. With `accepts_loss` it does not
    matter that the newest good set has far more rows.

    Raises Fault.
    """
    reports.ping(settings, "start", say)
    begun = time.monotonic()
    made: sets.Set | None = None
    try:
        with programs.faults_of_the_system(), lock.held(settings.sets, "run", wait=wait):
            clear_leftovers(settings, say)
            made = create.make(settings, say, datetime.now(UTC), accepts_loss=accepts_loss)
            verify.verify(made, settings, say)
            retention.prune(settings, say)
            if settings.remote:
                say(f"copies it to {settings.remote}")
                offsite.copy_sets(settings)
    except Fault as fault:
        _report(settings, made, time.monotonic() - begun, str(fault))
        reports.ping(settings, "fail", say, str(fault))
        raise
    _report(settings, made, time.monotonic() - begun, None)
    reports.ping(settings, "", say)
    return made


def clear_leftovers(settings: Settings, say: Callable[[str], None]) -> None:
    """Remove what killed runs left behind; the caller holds the lock.

    Raises DatabaseFailed.
    """
    for name in (*sets.clear_leftovers(settings.sets), *scratch.clear_leftovers(settings)):
        say(f"removes {name}, which a run that was killed left behind")


def _report(settings: Settings, made: sets.Set | None, seconds: float, error: str | None) -> None:
    """Write reports/backup.json; after a failure, what was good before stays good."""
    before = reports.read(settings, "backup")
    facts = {name: before.get(name) for name in ("verified_at", "set", "bytes")}
    if made is not None and made.verified_at:
        files = made.manifest()["files"].values()
        facts = {
            "verified_at": made.verified_at,
            "set": made.id,
            "bytes": sum(told["bytes"] for told in files),
        }
    with contextlib.suppress(OSError):  # the volume of the reports may be full as well
        reports.write(
            settings,
            "backup",
            finished_at=reports.now(),
            seconds=round(seconds, 1),
            error=error,
            wal_archived_at=wal.newest_at(settings),
            **facts,
        )
