"""Sets on disk: their names, their manifests, and how one comes to be."""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.backup import crypt
from scripts.backup.faults import Altered, Missing, OddClock, Refused, WrongKey, WrongUse
from scripts.backup.settings import Settings

MANIFEST = "manifest.json"
PARTIAL = ".partial"
_NAME = re.compile(r"(\d{8}T\d{6}Z)-[A-Za-z0-9._]+")
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Set:
    """One backup on disk."""

    folder: Path

    @property
    def id(self) -> str:
        """Time and release, as the folder is named."""
        return self.folder.name

    @property
    def made_at(self) -> datetime:
        """When it was begun, by its name."""
        return _time(self.id)

    def manifest(self) -> dict[str, Any]:
        """Return what the manifest says, unproven.

        Raises Missing, Altered.
        """
        try:
            content = (self.folder / MANIFEST).read_bytes()
        except FileNotFoundError as error:
            raise Missing(f"{self.id} has no manifest: {self.folder / MANIFEST}") from error
        try:
            manifest: dict[str, Any] = json.loads(content)
            if manifest["id"] != self.id:
                raise Altered(f"The manifest in {self.id} is of another set, {manifest['id']}.")
        except (ValueError, KeyError, TypeError) as error:
            raise Altered(f"The manifest of {self.id} cannot be read.") from error
        return manifest

    def proven_manifest(self, settings: Settings) -> dict[str, Any]:
        """Return the manifest once it is certain that this shop wrote it.

        Raises Missing, Altered, WrongKey.
        """
        manifest = self.manifest()
        keys = crypt.public_keys(settings)
        if not {*keys} & {*manifest.get("recipients", [])}:
            named = ", ".join(manifest.get("recipients", []))
            raise WrongKey(f"{self.id} is encrypted for {named}; the key here is {keys[0]}.")
        can_tell = manifest.get("sealed_by") in keys
        if can_tell and manifest.get("seal") not in crypt.seals(_canonical(manifest), settings):
            raise Altered(f"The manifest of {self.id} was altered after it was written.")
        return manifest

    def is_whole(self) -> bool:
        """Tell whether all its files are there, with the sizes they had."""
        try:
            return all(
                (self.folder / f"{name}.age").stat().st_size == told["bytes"]
                for name, told in self.manifest()["files"].items()
            )
        except (OSError, Missing, Altered, KeyError):
            return False

    @property
    def verified_at(self) -> str | None:
        """When it was last restored in full and compared, as the manifest says."""
        try:
            return self.manifest().get("verified_at")
        except (Missing, Altered):
            return None


def every(folder: Path) -> list[Set]:
    """Return the finished sets, oldest first."""
    if not folder.is_dir():
        raise Missing(f"The folder {folder} is not there.")
    return sorted(
        (Set(path) for path in folder.iterdir() if path.is_dir() and _NAME.fullmatch(path.name)),
        key=lambda found: found.id,
    )


def named(name: str, settings: Settings) -> Set:
    """Return the set of this name; `newest` is the newest that is verified.

    Raises Missing, WrongUse.
    """
    if name == "newest":
        verified = [found for found in every(settings.sets) if found.verified_at]
        if not verified:
            raise Missing(f"There is no verified set in {settings.sets}.")
        return verified[-1]
    if not _NAME.fullmatch(name):
        raise WrongUse(f"{name!r} is no name of a set; `list` shows them.")
    if not (settings.sets / name).is_dir():
        raise Missing(f"There is no set {name} in {settings.sets}.")
    return Set(settings.sets / name)


def next_name(settings: Settings, now: datetime) -> str:
    """Return the name of the set that begins now.

    Raises OddClock, where the clock went back behind what was already made.
    """
    made = [found.made_at for found in every(settings.sets)]
    if made and now <= max(made):
        raise OddClock(
            f"The clock says {now:{_STAMP}}, but there is a set of {max(made):{_STAMP}}. "
            "Set the clock right; if the set is wrong, move its folder away."
        )
    return f"{now:{_STAMP}}-{settings.release}"


@contextlib.contextmanager
def being_made(final: Path) -> Iterator[Path]:
    """Give a folder that gets its name only once all that is in it is on the disk."""
    partial = final.with_name(final.name + PARTIAL)
    partial.mkdir(mode=0o700)
    try:
        yield partial
        for path in partial.iterdir():
            _sync(path)
        _sync(partial)
        partial.rename(final)
        _sync(final.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def take_in(folder: Path, settings: Settings) -> Set:
    """Copy a set from elsewhere; it counts for nothing until it is compared.

    Raises Missing, Refused, WrongUse.
    """
    if not _NAME.fullmatch(folder.name):
        raise WrongUse(f"{folder} is no set: its folder must have the name it was made with.")
    if not (folder / MANIFEST).is_file():
        raise Missing(f"{folder} has no {MANIFEST}.")
    final = settings.sets / folder.name
    if final.exists():
        raise Refused(f"{folder.name} is here already.")
    owner = settings.sets.stat()
    with being_made(final) as partial:
        for path in folder.iterdir():
            shutil.copy(path, partial)
        if os.geteuid() == 0:
            for path in (partial, *partial.iterdir()):
                os.chown(path, owner.st_uid, owner.st_gid)
    return Set(final)


def clear_leftovers(folder: Path) -> list[str]:
    """Remove what killed runs left; the caller holds the lock, so none is at work."""
    left = [path for path in folder.iterdir() if path.name.endswith(PARTIAL)]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return [path.name for path in left]


def write_manifest(folder: Path, manifest: dict[str, Any], settings: Settings) -> None:
    """Seal a manifest and write it, in one step for whoever reads it."""
    manifest["sealed_by"] = crypt.public_keys(settings)[0]
    manifest["seal"] = crypt.seals(_canonical(manifest), settings)[0]
    fresh = folder / f"{MANIFEST}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / MANIFEST)
    _sync(folder)


def _canonical(manifest: dict[str, Any]) -> bytes:
    sealed = {name: value for name, value in manifest.items() if name != "seal"}
    return json.dumps(sealed, sort_keys=True, separators=(",", ":")).encode()


def _time(name: str) -> datetime:
    found = _NAME.fullmatch(name)
    assert found is not None  # noqa: S101
    return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
