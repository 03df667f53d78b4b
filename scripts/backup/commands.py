"""The commands: what each prints, and which lock it holds."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.backup import (
    adoption,
    base,
    drill,
    lock,
    loop,
    losses,
    offsite,
    pitr,
    restore,
    retention,
    run,
    sets,
    verify,
    wal,
)
from scripts.backup.faults import OddClock, Refused, WrongUse
from scripts.backup.settings import Settings

TO = "`database NAME` (a new one), `dir FOLDER` (in the clear) or `place` (where files live)"


def say(text: str) -> None:
    """Tell the operator what is being done."""
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


def _run(settings: Settings, options: argparse.Namespace) -> int | None:
    made = run.run(settings, say, wait=options.wait, accepts_loss=options.accept_loss)
    manifest = made.manifest()
    rows = sum(table["rows"] for table in manifest["database"]["tables"].values())
    print(f"{made.id} verified: {rows} rows, {manifest['trees']['media']['files']} media files")
    return None


def _list(settings: Settings, options: argparse.Namespace) -> int | None:
    found = [_told("set", one) for one in sets.every(settings.sets)]
    if settings.bases.is_dir():
        found += [_told("base", one) for one in sets.every(settings.bases)]
    if options.json:
        print(json.dumps(found, indent=1))
        return None
    for one in found:
        state = f"verified {one['verified_at']}" if one["verified_at"] else "NOT VERIFIED"
        print(f"{one['kind']:5}{one['id']:45}{one['bytes'] / 1e6:10.1f} MB  {state}")
    return None


def _told(kind: str, one: sets.Set) -> dict[str, Any]:
    size = sum(path.stat().st_size for path in one.folder.glob("*.age"))
    return {"kind": kind, "id": one.id, "bytes": size, "verified_at": one.verified_at}


def _verify(settings: Settings, options: argparse.Namespace) -> int | None:
    with lock.held(settings.sets, "verify", wait=options.wait):
        run.clear_leftovers(settings, say)
        manifest = verify.verify(sets.named(options.set, settings), settings, say)
    print(f"{manifest['id']} verified in {manifest['verified_seconds']} s")
    return None


def _preview(settings: Settings, options: argparse.Namespace) -> int | None:
    print("\n".join(losses.preview(sets.named(options.set, settings), settings)))
    return None


def _prune(settings: Settings, options: argparse.Namespace) -> int | None:
    with lock.held(settings.sets, "prune", wait=options.wait):
        gone = retention.prune(settings, say, dry_run=options.dry_run)
    print(f"{len(gone)} sets {'would be ' if options.dry_run else ''}deleted")
    return None


def _restore(settings: Settings, options: argparse.Namespace) -> int | None:
    kind, *where = options.to or ("database", f"{settings.database}_restored_{_stamp()}")
    if (kind, len(where)) not in {("database", 1), ("dir", 1), ("place", 0)}:
        raise WrongUse(f"--to takes {TO}.")
    if kind == "database" and where[0] == settings.database:
        raise Refused(
            f"{where[0]} is the live database; a set is restored beside it, then swapped."
        )
    with lock.held(settings.sets, "restore", wait=options.wait):
        found = sets.named(options.set, settings)
        if kind == "dir":
            parts = options.part or restore.PARTS
            restore.to_folder(found, settings, Path(where[0]), say, parts=parts)
            print(f"{found.id} is in {where[0]}, compared")
        elif kind == "place":
            parts = options.part or ["media", "certificates"]
            restore.to_place(found, settings, say, parts=parts)
            print(f"{', '.join(parts)} of {found.id} are back, compared")
        else:
            manifest = restore.to_database(found, settings, where[0], say)
            _told_of(settings, where[0], options, found.folder, manifest)
    return None


def _pitr(settings: Settings, options: argparse.Namespace) -> int | None:
    at = _moment(options.at) if options.at else None

    def told(folder: Path, manifest: dict[str, Any]) -> None:
        _told_of(settings, options.to, options, folder, manifest)

    with lock.held(settings.bases, "pitr", wait=options.wait):
        if settings.wal.is_dir():
            wal.ship(settings, say)
        recovered = pitr.restore(settings, options.to, at, say, told)
    say(f"{recovered.base} and {recovered.segments} archived files in {recovered.seconds:.1f} s")
    say(f"newest change: {recovered.last_change_at}")
    return None


def _told_of(
    settings: Settings,
    name: str,
    options: argparse.Namespace,
    folder: Path,
    manifest: dict[str, Any],
) -> None:
    if options.adoption:
        print(adoption.script(settings, name, folder, manifest))
    else:
        print(f"restored into the database {name}, compared; {settings.database} is untouched")


def _drill(settings: Settings, options: argparse.Namespace) -> int | None:
    measured = drill.drill(settings, say, options.set, wait=options.wait)
    if options.json:
        print(json.dumps(vars(measured)))
        return None
    print(f"{measured.set} restored, identical to the byte:")
    print(f"  {measured.tables} tables, {measured.rows} rows, {measured.files} files")
    print(f"  RTO {measured.rto_seconds} s (database and files back, and compared)")
    print(f"  RPO {measured.rpo_seconds} s (age of the newest change that could be had back)")
    return None


def _base(settings: Settings, options: argparse.Namespace) -> int | None:
    with lock.held(settings.bases, "base", wait=options.wait):
        made = base.make(settings, say)
    print(f"{made.id} verified by pg_verifybackup")
    return None


def _wal(settings: Settings, options: argparse.Namespace) -> int | None:
    with lock.held(settings.bases, "wal", wait=options.wait):
        new = wal.ship(settings, say)
        base.check_gapless(settings)
    print(f"{len(new)} new, the newest of {wal.newest_at(settings)}")
    return None


def _fetch(settings: Settings, options: argparse.Namespace) -> int | None:
    with lock.held(settings.sets, "fetch", wait=options.wait):
        offsite.fetch(settings, options.set)
    print(f"{options.set} is here; `verify {options.set}` proves it")
    return None


def _import(settings: Settings, options: argparse.Namespace) -> int | None:
    with lock.held(settings.sets, "import", wait=options.wait):
        one = sets.take_in(Path(options.folder), settings)
    print(f"{one.id} is here; `verify {one.id}` proves it")
    return None


def _check_remote(settings: Settings, _: argparse.Namespace) -> int | None:
    offsite.check(settings)
    print("the copies are what is here")
    return None


def _loop(settings: Settings, _: argparse.Namespace) -> int | None:
    loop.loop(settings, say)
    return None


def _health(settings: Settings, _: argparse.Namespace) -> int | None:
    trouble = loop.health(settings, datetime.now(UTC))
    print(trouble or "ok")
    return 1 if trouble else 0


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUse(f"{text!r} is no time. Example: 2026-11-24T18:30:00Z") from error
    if at.tzinfo is None:
        raise WrongUse(f"{text!r} has no time zone. Example: 2026-11-24T18:30:00Z")
    if at > datetime.now(UTC):
        raise OddClock(f"{text} is in the future.")
    return at


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%d_%H%M%S}"


COMMANDS: dict[str, Callable[[Settings, argparse.Namespace], int | None]] = {
    "run": _run,
    "list": _list,
    "verify": _verify,
    "preview": _preview,
    "prune": _prune,
    "restore": _restore,
    "pitr": _pitr,
    "drill": _drill,
    "base": _base,
    "wal": _wal,
    "fetch": _fetch,
    "import": _import,
    "check-remote": _check_remote,
    "loop": _loop,
    "health": _health,
}
