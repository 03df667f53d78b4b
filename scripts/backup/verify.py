"""Prove a set: decrypt all of it, restore the database in full, and compare."""

import hashlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from scripts.backup import certificates, crypt, scratch, sets, trees
from scripts.backup.create import TREES
from scripts.backup.faults import Damaged, Missing
from scripts.backup.settings import Settings
from scripts.backup.streams import CHUNK


def verify(found: sets.Set, settings: Settings, say: Callable[[str], None]) -> dict[str, Any]:
    """Restore a set into a scratch database, compare all of it, and note that in its manifest.

    Returns the manifest. Raises Fault: the set is then no backup.
    """
    begun = time.monotonic()
    manifest = found.proven_manifest(settings)
    say("files")
    check_files(found, manifest)
    check_trees(found, manifest, settings)
    say("full restore into a scratch database")
    with scratch.database(settings, manifest) as name:
        scratch.fill(settings, name, found.folder, manifest)
        scratch.compare(settings, name, manifest)
    manifest["verified_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    manifest["verified_seconds"] = round(time.monotonic() - begun, 1)
    sets.write_manifest(found.folder, manifest, settings)
    return manifest


def check_files(found: sets.Set, manifest: dict[str, Any]) -> None:
    """Hold the encrypted files against the manifest.

    Raises Missing, Damaged.
    """
    for name, told in manifest["files"].items():
        path = found.folder / f"{name}.age"
        try:
            size = path.stat().st_size
        except FileNotFoundError as error:
            raise Missing(f"{found.id} has no {path.name}.") from error
        if size != told["bytes"]:
            state = "is empty" if not size else f"has {size} bytes"
            raise Damaged(f"{path.name} of {found.id} {state}; {told['bytes']} were written.")
        sha256 = hashlib.sha256()
        with path.open("rb") as file:
            while data := file.read(CHUNK):
                sha256.update(data)
        if sha256.hexdigest() != told["sha256"]:
            raise Damaged(f"{path.name} of {found.id} has another content than was written.")


def check_trees(found: sets.Set, manifest: dict[str, Any], settings: Settings) -> None:
    """Decrypt the folders' archives and compare each file; certificates must match their keys.

    Raises Damaged, Differs, Missing, WrongKey.
    """
    index = saved_index(found, manifest, settings)
    for name in TREES:
        keep = certificates.wanted if name == "certificates" else None
        plain = manifest["files"][f"{name}.tar"]["plain_sha256"]
        with crypt.opened(
            found.folder / f"{name}.tar.age", settings, plain_sha256=plain
        ) as archive:
            read, contents = trees.read(archive, keep=keep)
        trees.compare(name, index[name], read)
        if name == "certificates":
            certificates.check(read, contents, settings)
    plain = manifest["files"]["roles.sql"]["plain_sha256"]
    with crypt.opened(found.folder / "roles.sql.age", settings, plain_sha256=plain):
        pass


def saved_index(
    found: sets.Set, manifest: dict[str, Any], settings: Settings
) -> dict[str, trees.Index]:
    """Return what each folder held when it was saved.

    Raises Damaged, WrongKey.
    """
    plain = manifest["files"]["index.json"]["plain_sha256"]
    with crypt.opened(found.folder / "index.json.age", settings, plain_sha256=plain) as file:
        index: dict[str, trees.Index] = json.loads(file.read())
    return index
