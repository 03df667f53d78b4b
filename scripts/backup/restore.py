"""Restore a set: into a new database beside the live one, into a folder, or to where files live."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from scripts.backup import crypt, scratch, sets, trees, verify
from scripts.backup.create import TREES
from scripts.backup.faults import Damaged, Refused
from scripts.backup.settings import Settings
from scripts.backup.streams import CHUNK

DATABASE = "database"
PARTS = (DATABASE, *TREES)


def to_database(
    found: sets.Set, settings: Settings, name: str, say: Callable[[str], None]
) -> dict[str, Any]:
    """Restore into a new database, compare it, and return the manifest.

    Whatever happens, the live database is not touched; what could not be finished is dropped.

    Raises Fault; Refused where there is a database of that name.
    """
    manifest = found.proven_manifest(settings)
    verify.check_files(found, manifest)
    say(f"restores {found.id} into the new database {name}")
    scratch.create(settings, name, manifest)
    try:
        scratch.fill(settings, name, found.folder, manifest)
        say("compares")
        scratch.compare(settings, name, manifest)
    except BaseException:
        scratch.drop(settings, name)
        raise
    return manifest


def to_folder(
    found: sets.Set,
    settings: Settings,
    folder: Path,
    say: Callable[[str], None],
    *,
    parts: Sequence[str] = PARTS,
) -> dict[str, Any]:
    """Unpack the parts of a set in the clear into a folder, and compare each file on disk.

    Raises Fault; Refused where something else is there already.
    """
    manifest = found.proven_manifest(settings)
    verify.check_files(found, manifest)
    index = verify.saved_index(found, manifest, settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for part in parts:
        if part == DATABASE:
            for name in ("database.dump", "roles.sql"):
                say(f"writes {folder / name}")
                _decrypt(found, manifest, settings, name, folder / name)
        else:
            say(f"unpacks {folder / part}")
            _tree(found, manifest, settings, part, folder / part, index[part])
    return manifest


def to_place(
    found: sets.Set, settings: Settings, say: Callable[[str], None], *, parts: Sequence[str]
) -> dict[str, Any]:
    """Put files back to where they live. What is there already stays; it must be the same.

    Raises Fault; Refused where a file there differs from the one in the set.
    """
    manifest = found.proven_manifest(settings)
    verify.check_files(found, manifest)
    index = verify.saved_index(found, manifest, settings)
    for part in parts:
        target: Path = getattr(settings, part)
        say(f"puts {part} back into {target}")
        _tree(found, manifest, settings, part, target, index[part])
    return manifest


def _tree(
    found: sets.Set,
    manifest: dict[str, Any],
    settings: Settings,
    part: str,
    target: Path,
    index: trees.Index,
) -> None:
    """Unpack beside the target, compare, and only then move what is missing into it."""
    target.mkdir(parents=True, exist_ok=True)
    there = trees.of_folder(target, lambda path: path in index)
    trees.refuse_differences(target, index, there)
    aside = Path(tempfile.mkdtemp(prefix=".restoring-", dir=target))
    try:
        plain = manifest["files"][f"{part}.tar"]["plain_sha256"]
        file = found.folder / f"{part}.tar.age"
        with crypt.opened(file, settings, plain_sha256=plain) as archive:
            trees.extract(archive, aside)
        trees.compare(part, index, trees.of_folder(aside))
        trees.move_missing(aside, target, index)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    trees.compare(part, index, trees.of_folder(target, lambda path: path in index))


def _decrypt(
    found: sets.Set, manifest: dict[str, Any], settings: Settings, name: str, target: Path
) -> None:
    told = manifest["files"][name]
    with crypt.opened(
        found.folder / f"{name}.age", settings, plain_sha256=told["plain_sha256"]
    ) as source:
        try:
            file = target.open("xb")
        except FileExistsError as error:
            raise Refused(f"{target} is there already; nothing is restored over it.") from error
        with file:
            while data := source.read(CHUNK):
                file.write(data)
    sha256 = hashlib.sha256()
    with target.open("rb") as written:
        while data := written.read(CHUNK):
            sha256.update(data)
    if sha256.hexdigest() != told["plain_sha256"]:
        raise Damaged(f"{target} is not what was saved.")
