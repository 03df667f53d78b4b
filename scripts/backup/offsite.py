"""Copies on another machine, with rclone: S3, SFTP or whatever else it speaks.

Nothing is deleted there, so that credentials without the right to delete are enough; the far side's
own lifecycle rules do that. What is there is compared by hash, and read back where there is none.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from scripts.backup import programs, sets
from scripts.backup.database import Session
from scripts.backup.faults import RemoteFailed, WrongSetting
from scripts.backup.settings import Settings

_NO_HASHES = b"hashes could not be checked"


def copy_sets(settings: Settings) -> list[str]:
    """Copy each proven set that is not yet there, and compare; return their names.

    Raises RemoteFailed.
    """
    return _copy_folders(settings, "sets", settings.sets)


def copy_bases(settings: Settings) -> list[str]:
    """Copy each base backup that is not yet there, and compare; return their names.

    Raises RemoteFailed.
    """
    return _copy_folders(settings, "bases", settings.bases)


def _copy_folders(settings: Settings, kind: str, folder: Path) -> list[str]:
    done = copied(settings, kind)
    new = [one for one in sets.every(folder) if one.verified_at and one.id not in done]
    for one in new:
        _copy(settings, one.folder, f"{kind}/{one.id}")
        _remember(settings, kind, [one.id])
    return [one.id for one in new]


def copy_wal(settings: Settings, folder: Path) -> list[str]:
    """Copy the encrypted segments that are not yet there, and compare; return their names.

    Raises RemoteFailed, DatabaseFailed.
    """
    kind = kind_of_wal(settings)
    done = copied(settings, kind)
    new = sorted(path.name for path in folder.glob("*.age") if path.name not in done)
    if new:
        _copy(settings, folder, kind, only=new)
        _remember(settings, kind, new)
    return new


def kind_of_wal(settings: Settings) -> str:
    """Return where this server's changes go: a new server begins to count segments anew.

    Raises DatabaseFailed.
    """
    with Session(settings, "postgres") as session:
        identifier = session.value("SELECT system_identifier FROM pg_control_system()")
    return f"wal/{identifier}"


def check(settings: Settings) -> None:
    """Compare everything proven here with what is there.

    Raises RemoteFailed, WrongSetting.
    """
    if not settings.remote:
        raise WrongSetting("BACKUP_REMOTE is not set. Example: BACKUP_REMOTE=offsite:bucket/nexus")
    for kind, folder in (("sets", settings.sets), ("bases", settings.bases)):
        done = copied(settings, kind)
        for one in sets.every(folder):
            if one.id in done:
                _compare(settings, one.folder, f"{kind}/{one.id}", [])


def fetch(settings: Settings, name: str) -> sets.Set:
    """Bring a set back from there; it counts for nothing until it is compared.

    Raises RemoteFailed, WrongSetting.
    """
    if not settings.remote:
        raise WrongSetting("BACKUP_REMOTE is not set. Example: BACKUP_REMOTE=offsite:bucket/nexus")
    final = settings.sets / name
    with sets.being_made(final) as folder:
        _rclone(settings, "copy", f"{settings.remote}/sets/{name}", str(folder))
        if not any(folder.iterdir()):
            raise RemoteFailed(f"There is no set {name} in {settings.remote}/sets.")
    return sets.Set(final)


def copied(settings: Settings, kind: str) -> set[str]:
    """Return what was copied to this remote, and compared there."""
    try:
        told = json.loads(_memory(settings, kind).read_text(encoding="utf-8"))
        return set(told.get(settings.remote, {}).get(kind, []))
    except (OSError, ValueError, AttributeError):
        return set()


def _copy(settings: Settings, source: Path, place: str, only: Iterable[str] = ()) -> None:
    chosen = [f"--include=/{name}" for name in only]
    # What is there must not be replaced by something else of the same name; only a manifest may,
    # since it notes each proof.
    target = f"{settings.remote}/{place}"
    if chosen:
        _rclone(settings, "copy", "--immutable", *chosen, str(source), target)
    else:
        _rclone(settings, "copy", "--immutable", "--include=/*.age", str(source), target)
        _rclone(settings, "copy", f"--include=/{sets.MANIFEST}", str(source), target)
    _compare(settings, source, place, chosen)


def _compare(settings: Settings, source: Path, place: str, chosen: list[str]) -> None:
    arguments = ["--one-way", *chosen, str(source), f"{settings.remote}/{place}"]
    told = _rclone(settings, "check", *arguments)
    if _NO_HASHES in told:
        _rclone(settings, "check", "--download", *arguments)


def _rclone(settings: Settings, *arguments: str) -> bytes:
    process = programs.start(
        ["rclone", "--retries=3", "--low-level-retries=3", "--contimeout=15s", *arguments],
        settings.environ,
    )
    _, told = process.communicate()
    if process.returncode:
        raise programs.fault(f"Copy to {settings.remote}", told, RemoteFailed)
    return told


def _memory(settings: Settings, kind: str) -> Path:
    return (settings.sets if kind == "sets" else settings.bases) / ".copied.json"


def _remember(settings: Settings, kind: str, names: Iterable[str]) -> None:
    try:
        told = json.loads(_memory(settings, kind).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = {}
    there = told.setdefault(settings.remote, {}).setdefault(kind, [])
    there.extend(names)
    fresh = _memory(settings, kind).with_suffix(".new")
    fresh.write_text(json.dumps(told), encoding="utf-8")
    fresh.replace(_memory(settings, kind))
