"""Base backups of the whole server, from which archived changes lead to any later minute."""

import json
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from scripts.backup import crypt, offsite, programs, sets, wal
from scripts.backup.faults import Damaged, DatabaseFailed
from scripts.backup.settings import Settings, connection
from scripts.backup.streams import CHUNK

KEPT = 2


def make(settings: Settings, say: Callable[[str], None]) -> sets.Set:
    """Make a base backup, have PostgreSQL verify it, encrypt it; the caller holds the lock.

    Raises Fault.
    """
    now, begun = datetime.now(UTC), time.monotonic()
    sets.clear_leftovers(settings.bases)
    final = settings.bases / f"{now:%Y%m%dT%H%M%SZ}-{settings.release}"
    with sets.being_made(final) as folder:
        plain = folder / "plain"
        say("base backup")
        programs.run(
            [
                "pg_basebackup",
                f"--pgdata={plain}",
                "--format=tar",
                "--gzip",
                "--wal-method=stream",
                "--checkpoint=fast",
                "--manifest-checksums=SHA256",
                "--no-password",
            ],
            connection(settings),
            what="Base backup",
            failure=DatabaseFailed,
        )
        say("pg_verifybackup")
        programs.run(
            ["pg_verifybackup", "--format=tar", "--no-parse-wal", "--quiet", plain],
            settings.environ,
            what="Base backup",
            failure=Damaged,
        )
        told = json.loads((plain / "backup_manifest").read_bytes())
        first = told["WAL-Ranges"][0]
        manifest: dict[str, Any] = {
            "format": 1,
            "id": final.name,
            "started_at": now.isoformat(timespec="seconds"),
            "system_identifier": str(told["System-Identifier"]),
            "timeline": first["Timeline"],
            "start_lsn": first["Start-LSN"],
            "end_lsn": told["WAL-Ranges"][-1]["End-LSN"],
            "recipients": crypt.recipients(settings),
            "files": {},
        }
        for path in sorted(plain.iterdir()):
            with (
                path.open("rb") as source,
                crypt.Sealed(folder / f"{path.name}.age", settings) as sealed,
            ):
                while data := source.read(CHUNK):
                    sealed.write(data)
            with crypt.opened(
                folder / f"{path.name}.age", settings, plain_sha256=sealed.written.plain_sha256
            ):
                pass
            manifest["files"][path.name] = sealed.written.told()
        shutil.rmtree(plain)
        manifest["finished_at"] = datetime.now(UTC).isoformat(timespec="microseconds")
        manifest["verified_at"] = manifest["finished_at"]
        manifest["seconds"] = round(time.monotonic() - begun, 1)
        sets.write_manifest(folder, manifest, settings)
    prune(settings, say)
    if settings.remote:
        offsite.copy_bases(settings)
    return sets.Set(final)


def prune(settings: Settings, say: Callable[[str], None]) -> None:
    """Keep the newest base backups and the changes since the oldest of them.

    Raises Altered, where a manifest cannot be read: then nothing is deleted.
    """
    whole = [one for one in sets.every(settings.bases) if one.is_whole()]
    if len(whole) < KEPT:
        return
    kept = whole[-KEPT:]
    for one in sets.every(settings.bases):
        if one.made_at < kept[0].made_at:
            say(f"deletes base backup {one.id}")
            shutil.rmtree(one.folder)
    gone = wal.prune(settings, min(start(one.manifest()) for one in kept))
    if gone:
        say(f"deletes {gone} archived segments that no base backup needs")


def check_gapless(settings: Settings) -> None:
    """Hold the archived changes against the newest base backup: none may be missing after it.

    Raises Unreachable, Altered.
    """
    found = sets.every(settings.bases)
    if found:
        names = [path.name for path in wal.shipped(settings)]
        wal.check_gapless(names, start(found[-1].manifest()))


def start(manifest: dict[str, Any]) -> int:
    """Return the first segment this base backup needs."""
    return wal.position_of_lsn(manifest["start_lsn"])
