import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.backup.sets import Set
from scripts.backup.tests.checks import content, noticed
from scripts.backup.tests.conftest import _pristine, installation, proven, shop_server  # noqa: F401
from scripts.backup.tests.installation import Installation


@pytest.fixture
def small_disk(installation: Installation, proven: Set) -> Iterator[Path]:  # noqa: F811
    """The target on a disk that holds one set and a half."""
    if os.geteuid() != 0:
        pytest.fail("This test mounts a disk: run it as root.")
    sets = installation.settings.sets
    size = sum(path.stat().st_size for path in proven.folder.iterdir())
    aside = installation.folder / "aside"
    sets.rename(aside)
    sets.mkdir()
    options = f"size={int(size * 1.5)},mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", sets], check=True)
    subprocess.run(["cp", "-a", f"{aside}/.", sets], check=True)
    yield sets
    subprocess.run(["umount", sets], check=True)


def test_a_full_target_is_noticed_and_the_set_before_is_kept(
    installation: Installation,  # noqa: F811
    proven: Set,  # noqa: F811
    small_disk: Path,
) -> None:
    before = content(proven)

    done = installation.backup("run")

    noticed(done, 7, "No space left on device")
    assert content(proven) == before
    assert [path.name for path in small_disk.iterdir() if path.is_dir()] == [proven.id]
    report = json.loads((installation.folder / "reports/backup.json").read_text())
    assert "No space left" in report["error"]
    assert report["set"] == proven.id
    noticed(installation.backup("drill"), 7, "No space left on device")
    assert installation.backup("verify").returncode == 0  # control: the one before is good


def test_a_full_disk_of_the_database_is_noticed_while_a_set_is_proven(
    installation: Installation,  # noqa: F811
    proven: Set,  # noqa: F811
) -> None:
    installation.instead_of(
        "pg_restore", "cat >/dev/null; echo 'could not extend file: No space left' >&2; exit 1"
    )

    noticed(installation.backup("verify"), 7, "there is no room")
