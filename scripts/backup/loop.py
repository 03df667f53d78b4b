"""What the container runs: changes every minute, a set a day, a base a week, a drill a month.

An error is told and tried again later; it never ends the loop.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scripts.backup import base, drill, lock, reports, run, sets, wal
from scripts.backup.faults import Fault, Unreachable
from scripts.backup.settings import Settings

ALIVE = "alive"
TICK = 30  # seconds
_RETRY = timedelta(hours=1)
_WEEK, _MONTH = timedelta(days=7), timedelta(days=30)
_BEAT = 60  # seconds
_LONGEST_TURN = 6 * 3600  # seconds; a turn that takes longer hangs, and is to be seen as dead
_MOST_SILENT = 600  # seconds
_OLDEST = timedelta(hours=26)

Job = Callable[[Settings, Callable[[str], None]], object]


def daily_due(now: datetime, at: tuple[int, int], newest: datetime | None) -> bool:
    """Tell whether a set is due: none there is, or none since the last time of day (UTC)."""
    planned = now.replace(hour=at[0], minute=at[1], second=0, microsecond=0)
    if planned > now:
        planned -= timedelta(days=1)
    return newest is None or newest < planned


def older_than(now: datetime, age: timedelta, newest: datetime | None) -> bool:
    """Tell whether the newest one is too old, or there is none."""
    return newest is None or now - newest >= age


def loop(settings: Settings, say: Callable[[str], None]) -> None:
    """Work for ever."""
    failed_at: dict[str, datetime] = {}
    while True:
        with beating():
            tick(settings, say, datetime.now(UTC), failed_at)
        time.sleep(TICK)


@contextlib.contextmanager
def beating() -> Iterator[None]:
    """Touch the file that says the loop is alive, during a turn that may take hours."""
    over = threading.Event()
    alive_file().touch()

    def beat() -> None:
        begun = time.monotonic()
        while time.monotonic() - begun < _LONGEST_TURN:
            if over.wait(_BEAT):
                return
            alive_file().touch()

    beater = threading.Thread(target=beat, daemon=True)
    beater.start()
    try:
        yield
    finally:
        over.set()
        beater.join()


def tick(
    settings: Settings,
    say: Callable[[str], None],
    now: datetime,
    failed_at: dict[str, datetime],
) -> list[str]:
    """Do what is due and return what was done; what failed is tried again after an hour."""
    done = []
    for name, job in _due(settings, now):
        if name in failed_at and now - failed_at[name] < _RETRY and name != "wal":
            continue
        try:
            job(settings, say)
        except Fault as fault:
            say(f"{name} failed ({type(fault).__name__}): {fault}")
            failed_at[name] = now
        except Exception as error:  # noqa: BLE001  # the loop must outlive whatever it is
            say(f"{name} failed: {error!r}")
            failed_at[name] = now
        else:
            failed_at.pop(name, None)
            done.append(name)
    return done


def _due(settings: Settings, now: datetime) -> list[tuple[str, Job]]:
    jobs: list[tuple[str, Job]] = []
    with contextlib.suppress(Fault):
        proven = [one.made_at for one in sets.every(settings.sets) if one.verified_at]
        if daily_due(now, settings.daily_at, proven[-1] if proven else None):
            jobs.append(("set", run.run))
        bases = [one.made_at for one in sets.every(settings.bases)]
        if older_than(now, _WEEK, bases[-1] if bases else None):
            jobs.append(("base", _base))
    jobs.append(("wal", _ship))
    if older_than(now, _MONTH, _last_drill(settings)):
        jobs.append(("drill", drill.drill))
    return jobs


def _base(settings: Settings, say: Callable[[str], None]) -> None:
    with lock.held(settings.bases, "base"):
        base.make(settings, say)


def _ship(settings: Settings, say: Callable[[str], None]) -> None:
    with lock.held(settings.bases, "wal"):
        wal.ship(settings, say)
        try:
            base.check_gapless(settings)
        except Unreachable as gap:
            say(f"{gap} Makes one.")
            base.make(settings, say)
        before = reports.read(settings, "backup")
        if before:
            reports.write(
                settings, "backup", **before | {"wal_archived_at": wal.newest_at(settings)}
            )


def _last_drill(settings: Settings) -> datetime | None:
    told = reports.read(settings, "drill")
    try:
        return datetime.fromisoformat(told["finished_at"]) if told["ok"] else None
    except (KeyError, ValueError, TypeError):
        return None


def health(settings: Settings, now: datetime) -> str:
    """Return what is wrong with the loop and its backups, nothing when all is well."""
    try:
        silent = now.timestamp() - alive_file().stat().st_mtime
    except OSError:
        return "the loop has not begun"
    if silent > _MOST_SILENT:
        return f"the loop has been silent for {silent:.0f} s"
    proven = [one.made_at for one in sets.every(settings.sets) if one.verified_at]
    if not proven:
        return "there is no verified set yet"
    if now - proven[-1] > _OLDEST:
        return f"the newest verified set is of {proven[-1]:%Y-%m-%d %H:%M}Z"
    return ""


def alive_file() -> Path:
    """Return the file that is touched at each turn."""
    return Path(os.environ.get("TMPDIR", "/tmp"), ALIVE)  # noqa: S108  # the container's own tmpfs
