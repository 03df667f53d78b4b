"""Make one set: everything that is needed to have the shop again on an empty machine."""

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.backup import certificates, crypt, digests, losses, programs, scratch, sets, trees
from scripts.backup.database import Session
from scripts.backup.faults import DatabaseFailed, OddClock
from scripts.backup.settings import Settings, connection
from scripts.backup.streams import CHUNK

_PASSING = {
    ".production/lock",
    ".production/rotation.json",
    ".production/secrets/backup_age_identity",
}
TREES = ("media", "configuration", "certificates")
_TOOLS = (["pg_dump", "--version"], ["age", "--version"], ["openssl", "version"])
_MOST_DRIFT = 30  # seconds the clock may move against the monotonic one during a run
_DATABASE = """
    SELECT pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider,
           coalesce(datlocale, ''), pg_database_size(oid), current_setting('server_version'),
           pg_current_wal_lsn(), transaction_timestamp(), pg_get_userbyid(datdba)
    FROM pg_database WHERE datname = current_database()
"""


def configuration(path: str) -> bool:
    """Tell whether this file of the checkout is the installation's own, and not in git.

    The key of the backups stays outside: it would open nothing that it does not open already.
    """
    folder, _, name = path.rpartition("/")
    if not folder:
        return name in {".env.prod", ".production"}
    # Names with a dot are of files that are just being written.
    return folder.split("/")[0] == ".production" and not (path in _PASSING or name.startswith("."))


WANTED: dict[str, trees.Wanted] = {
    "media": trees.everything,
    "configuration": configuration,
    "certificates": trees.everything,
}


def make(
    settings: Settings,
    say: Callable[[str], None],
    now: datetime,
    *,
    accepts_loss: bool = False,
) -> sets.Set:
    """Make a set and return it, unproven.

    Raises Fault; Shrunk, unless `accepts_loss`, where the newest good set has far more rows.
    """
    final = settings.sets / sets.next_name(settings, now)
    begun = time.monotonic()
    with sets.being_made(final) as folder:
        manifest: dict[str, Any] = {
            "format": 1,
            "id": final.name,
            "release": settings.release,
            "revision": revision(settings.configuration),
            "started_at": now.isoformat(timespec="seconds"),
            "recipients": crypt.recipients(settings),
            "verified_at": None,
            "tools": _versions(settings),
            "files": {},
        }
        say("database")
        save_database(settings, folder, manifest)
        losses.refuse(settings, manifest, accepts=accepts_loss)
        say("media, configuration, certificates")
        _save_trees(settings, folder, manifest)
        elapsed = time.monotonic() - begun
        finished = datetime.now(UTC)
        if abs((finished - now).total_seconds() - elapsed) > _MOST_DRIFT:
            raise OddClock(
                f"The clock moved while the backup ran: {elapsed:.0f} s passed, "
                f"but it went from {now:%H:%M:%S} to {finished:%H:%M:%S}."
            )
        manifest["finished_at"] = finished.isoformat(timespec="seconds")
        manifest["seconds"] = round(elapsed, 1)
        sets.write_manifest(folder, manifest, settings)
    return sets.Set(final)


def save_database(settings: Settings, folder: Path, manifest: dict[str, Any]) -> None:
    """Dump a database and note its fingerprints in the manifest, both from one snapshot.

    Raises DatabaseFailed, TargetFull.
    """
    with Session(settings) as session:
        session.rows("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = session.value("SELECT pg_export_snapshot()")
        [facts] = session.rows(_DATABASE)
        encoding, collate, ctype, provider, locale, size, version, lsn, at, owner = facts
        before = digests.of_sequences(session)
        _dump(settings, folder, manifest, snapshot)
        manifest |= {"postgresql": version, "wal_lsn": lsn, "snapshot_at": _rfc3339(at)}
        manifest["database"] = {
            "name": session.name,
            "owner": owner,
            "bytes": int(size),
            "encoding": encoding,
            "collate": collate,
            "ctype": ctype,
            "locale_provider": provider,
            "locale": locale,
            "tables": digests.of_tables(session),
            "sequences_before": before,
            "sequences_after": digests.of_sequences(session),
        }
        manifest["database"]["schema_digest"] = scratch.schema_digest(settings, manifest, snapshot)


def _dump(settings: Settings, folder: Path, manifest: dict[str, Any], snapshot: str) -> None:
    command = ["pg_dump", "-Fc", f"--snapshot={snapshot}"]
    command.append(f"--exclude-extension={digests.NOT_OURS}")
    _stream(settings, folder, manifest, "database.dump", command)
    roles = ["pg_dumpall", "--globals-only", "--no-role-passwords"]
    _stream(settings, folder, manifest, "roles.sql", roles)


def _stream(
    settings: Settings, folder: Path, manifest: dict[str, Any], name: str, command: list[str]
) -> None:
    with crypt.Sealed(folder / f"{name}.age", settings) as sealed:
        dump = programs.start(command, connection(settings))
        assert dump.stdout is not None  # noqa: S101
        assert dump.stderr is not None  # noqa: S101
        try:
            while data := dump.stdout.read(CHUNK):
                sealed.write(data)
            complaint = dump.stderr.read()
            if dump.wait():
                raise programs.fault(f"Dump of {name}", complaint, DatabaseFailed)
        finally:
            dump.kill()
            dump.stdout.close()
            dump.stderr.close()
            dump.wait()
    manifest["files"][name] = sealed.written.told()


def _save_trees(settings: Settings, folder: Path, manifest: dict[str, Any]) -> None:
    index: dict[str, trees.Index] = {}
    for name in TREES:
        with crypt.Sealed(folder / f"{name}.tar.age", settings) as sealed:
            index[name] = trees.write(getattr(settings, name), sealed, WANTED[name])
        manifest["files"][f"{name}.tar"] = sealed.written.told()
    # Names of files may say something of customers, so they are not in the manifest.
    with crypt.Sealed(folder / "index.json.age", settings) as sealed:
        sealed.write(json.dumps(index).encode())
    manifest["files"]["index.json"] = sealed.written.told()
    manifest["trees"] = {name: _summary(found) for name, found in index.items()}
    manifest["certificates"] = certificates.names(index["certificates"])


def _summary(index: trees.Index) -> dict[str, int]:
    files = [entry for entry in index.values() if "size" in entry]
    return {"files": len(files), "bytes": sum(entry["size"] for entry in files)}


def revision(checkout: Path) -> str | None:
    """Return the commit that is checked out here, read without git."""
    try:
        head = (checkout / ".git" / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        loose = checkout / ".git" / name
        if loose.is_file():
            return loose.read_text().strip()
        packed = (checkout / ".git" / "packed-refs").read_text()
    except OSError:
        return None
    found = re.search(rf"^([0-9a-f]+) {re.escape(name)}$", packed, re.MULTILINE)
    return found[1] if found else None


def _versions(settings: Settings) -> dict[str, str]:
    return {
        command[0]: programs.run(command, settings.environ, what=f"Version of {command[0]}")
        .decode()
        .strip()
        for command in _TOOLS
    }


def _rfc3339(timestamp: str) -> str:
    return datetime.fromisoformat(timestamp).astimezone(UTC).isoformat(timespec="milliseconds")
