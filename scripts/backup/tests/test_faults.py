"""What can go wrong with a set: each is noticed, by its own words and code, and changes nothing."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from scripts.backup.sets import Set
from scripts.backup.tests.checks import noticed
from scripts.backup.tests.installation import Installation, Server


def flip_a_byte(folder: Path) -> None:
    file = folder / "database.dump.age"
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)


def truncate(folder: Path) -> None:
    file = folder / "media.tar.age"
    file.write_bytes(file.read_bytes()[:-100])


def empty(folder: Path) -> None:
    (folder / "database.dump.age").write_bytes(b"")


def lose_a_file(folder: Path) -> None:
    (folder / "certificates.tar.age").unlink()


def lose_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def swap_two_files(folder: Path) -> None:
    (folder / "configuration.tar.age").rename(folder / "aside")
    (folder / "media.tar.age").rename(folder / "configuration.tar.age")
    (folder / "aside").rename(folder / "media.tar.age")


def alter_a_count(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["database"]["tables"]["public.purchase"]["rows"] = 299
    (folder / "manifest.json").write_text(json.dumps(manifest))


def alter_a_digest_and_its_file(folder: Path) -> None:
    """Do what someone with write access and no key can: exchange a file and its digest."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["media.tar"] = manifest["files"]["configuration.tar"]
    shutil.copy(folder / "configuration.tar.age", folder / "media.tar.age")
    (folder / "manifest.json").write_text(json.dumps(manifest))


def garble_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def rename_the_set(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["id"] = "20200101T000000Z-other"
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("damage", "code", "words"),
    [
        (flip_a_byte, 9, ["database.dump.age", "another content"]),
        (truncate, 9, ["media.tar.age", "were written"]),
        (empty, 9, ["database.dump.age", "is empty"]),
        (lose_a_file, 8, ["has no certificates.tar.age"]),
        (lose_the_manifest, 8, ["has no manifest"]),
        (swap_two_files, 9, [".tar.age", "were written"]),
        (alter_a_count, 11, ["was altered"]),
        (alter_a_digest_and_its_file, 11, ["was altered"]),
        (garble_the_manifest, 11, ["cannot be read"]),
        (rename_the_set, 11, ["of another set"]),
    ],
)
def test_a_damaged_set_is_noticed(
    installation: Installation,
    proven: Set,
    damage: Callable[[Path], None],
    code: int,
    words: list[str],
) -> None:
    damage(proven.folder)

    noticed(installation.backup("verify", proven.id), code, *words)


@pytest.mark.parametrize("command", ["restore", "drill"])
def test_a_damaged_set_is_not_restored(
    installation: Installation, shop_server: Server, proven: Set, command: str
) -> None:
    databases = shop_server.databases()
    flip_a_byte(proven.folder)

    done = installation.backup(command, proven.id)

    noticed(done, 9, "database.dump.age", "another content")
    assert shop_server.databases() == databases


@pytest.mark.parametrize("command", ["verify", "drill"])
def test_a_set_that_is_whole_passes(
    installation: Installation, shop_server: Server, proven: Set, command: str
) -> None:
    databases = shop_server.databases()

    done = installation.backup(command, proven.id)

    assert done.returncode == 0, done.stderr
    assert shop_server.databases() == databases


def test_the_wrong_key_is_named(installation: Installation, proven: Set) -> None:
    other = pyrage.x25519.Identity.generate()
    (installation.folder / "identity.txt").write_text(f"{other}\n")

    noticed(installation.backup("verify", proven.id), 10, str(other.to_public()))


def test_a_missing_key_is_named(installation: Installation, proven: Set) -> None:
    (installation.folder / "identity.txt").unlink()

    noticed(installation.backup("verify", proven.id), 3, "identity.txt", "age-keygen")


def test_after_a_change_of_keys_old_sets_open_and_new_ones_take_the_new_key(
    installation: Installation, proven: Set
) -> None:
    file = installation.folder / "identity.txt"
    new = pyrage.x25519.Identity.generate()
    file.write_text(f"{new}\n{file.read_text()}")

    assert installation.backup("verify", proven.id).returncode == 0
    assert installation.backup("run").returncode == 0

    old, made = installation.sets()
    assert str(new.to_public()) not in old.manifest()["recipients"]
    assert made.manifest()["sealed_by"] == str(new.to_public())


def test_a_second_recipient_can_open_a_set(installation: Installation) -> None:
    offline = pyrage.x25519.Identity.generate()
    made = installation.backup("run", BACKUP_AGE_RECIPIENTS=str(offline.to_public()))
    assert made.returncode == 0, made.stderr
    (installation.folder / "identity.txt").write_text(f"{offline}\n")

    done = installation.backup("drill")

    assert done.returncode == 0, done.stderr
