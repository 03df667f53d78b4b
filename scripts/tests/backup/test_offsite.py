import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.backup.sets import Set
from scripts.backup.tests.checks import noticed, wait_for
from scripts.backup.tests.conftest import _pristine, installation, proven, shop_server  # noqa: F401
from scripts.backup.tests.installation import Installation, Server
from scripts.embedded import free_port, stop
from scripts.tests.backup.archiving import archive_everything

BUCKET = "offsite:nexus-backups/shop"


@pytest.fixture(scope="session")
def s3() -> Iterator[dict[str, str]]:
    """An S3 on loopback, and the settings that make rclone's remote `offsite` of it."""
    port = free_port()
    moto = Path(sys.executable).with_name("moto_server")
    server = subprocess.Popen(
        [moto, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    settings = {
        "RCLONE_CONFIG_OFFSITE_TYPE": "s3",
        "RCLONE_CONFIG_OFFSITE_PROVIDER": "Other",
        "RCLONE_CONFIG_OFFSITE_ENDPOINT": f"http://127.0.0.1:{port}",
        "RCLONE_CONFIG_OFFSITE_ACCESS_KEY_ID": "key",
        "RCLONE_CONFIG_OFFSITE_SECRET_ACCESS_KEY": "secret",
        "BACKUP_REMOTE": BUCKET,
    }
    environ = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **settings}
    wait_for(
        lambda: (
            not subprocess.run(
                ["rclone", "mkdir", "--retries=1", "offsite:nexus-backups"],
                env=environ,
                capture_output=True,
                check=False,
            ).returncode
        )
    )
    yield settings
    stop(server)


@pytest.fixture
def far(installation: Installation, s3: dict[str, str]) -> Installation:  # noqa: F811
    """The installation, with copies that go into a folder of their own in the bucket."""
    remote = f"{BUCKET}-{time.monotonic_ns()}"
    return Installation(installation.folder, installation.environ | s3 | {"BACKUP_REMOTE": remote})


def rclone(far: Installation, *arguments: str) -> bytes:
    command = ["rclone", *arguments]
    return subprocess.run(command, env=far.environ, capture_output=True, check=True).stdout


def there(far: Installation, folder: str = "") -> list[str]:
    remote = f"{far.settings.remote}/{folder}"
    return sorted(rclone(far, "lsf", "-R", "--files-only", remote).decode().split())


def test_a_set_goes_away_once_it_is_proven_and_is_compared_there(far: Installation) -> None:
    done = far.backup("run")

    assert done.returncode == 0, done.stderr
    old, made = far.sets()
    files = [f"{one.id}/{path.name}" for one in (old, made) for path in one.folder.iterdir()]
    assert there(far, "sets") == sorted(files)
    assert far.backup("check-remote").returncode == 0


def test_a_set_comes_back_to_an_empty_machine_and_is_proven(far: Installation) -> None:
    assert far.backup("run").returncode == 0
    *_, made = far.sets()
    manifest = made.manifest()
    shutil.rmtree(far.settings.sets)
    far.settings.sets.mkdir()

    fetched = far.backup("fetch", made.id)
    drilled = far.backup("drill", made.id)

    assert fetched.returncode == 0, fetched.stderr
    assert drilled.returncode == 0, drilled.stderr
    [one] = far.sets()
    assert one.manifest() == manifest


@pytest.mark.parametrize("damage", ["flip", "truncate", "delete"])
def test_what_is_damaged_there_is_noticed(far: Installation, damage: str) -> None:
    assert far.backup("run").returncode == 0
    [*_, made] = far.sets()
    place = f"{far.settings.remote}/sets/{made.id}/media.tar.age"
    content = bytearray(rclone(far, "cat", place))
    content[5000] ^= 1
    if damage == "delete":
        rclone(far, "deletefile", place)
    else:
        kept = bytes(content) if damage == "flip" else bytes(content[:-10])
        (far.folder / "kept").write_bytes(kept)
        rclone(far, "copyto", "--ignore-times", str(far.folder / "kept"), place)

    noticed(far.backup("check-remote"), 13, "Copy to offsite:")


def test_what_is_damaged_here_does_not_replace_the_good_copy(
    far: Installation,
    proven: Set,  # noqa: F811
) -> None:
    assert far.backup("run").returncode == 0
    place = f"{far.settings.remote}/sets/{proven.id}/media.tar.age"
    good = rclone(far, "cat", place)
    damaged = proven.folder / "media.tar.age"
    damaged.write_bytes(good[:-1] + b"\0")
    (far.settings.sets / ".copied.json").unlink()  # it no longer knows what was copied

    far.backup("run")

    assert rclone(far, "cat", place) == good


def test_an_unreachable_remote_is_noticed_and_costs_no_backup(far: Installation) -> None:
    done = far.backup("run", RCLONE_CONFIG_OFFSITE_ENDPOINT="http://127.0.0.1:1")

    noticed(done, 13, "Copy to offsite:")
    *_, made = far.sets()
    assert made.verified_at
    assert far.backup("run").returncode == 0  # once it is there again, the one before goes too
    assert f"{made.id}/manifest.json" in there(far, "sets")


def test_base_backups_and_changes_go_away_too_and_lead_back_from_there(
    archived: Installation, archiving: Server, s3: dict[str, str]
) -> None:
    far = Installation(
        archived.folder,
        archived.environ | s3 | {"BACKUP_REMOTE": f"{BUCKET}-{time.monotonic_ns()}"},
    )
    assert far.backup("base").returncode == 0
    with archiving.connect() as shop:
        shop.execute("INSERT INTO purchase VALUES ('far-1', 1, 1)")
    segment = archive_everything(archiving)
    shipped = far.backup("wal")
    assert shipped.returncode == 0, shipped.stderr
    with archiving.connect() as admin:
        number = "SELECT system_identifier FROM pg_control_system()"
        [[server]] = admin.execute(number).fetchall()
    assert f"{server}/{segment}.gz.age" in there(far, "wal")

    # The machine is gone; what is there is brought to an empty one.
    for folder in (far.settings.bases, far.settings.wal):
        shutil.rmtree(folder)
        folder.mkdir()
    rclone(far, "copy", f"{far.settings.remote}/bases", str(far.settings.bases))
    rclone(far, "copy", f"{far.settings.remote}/wal/{server}", str(far.settings.bases / "wal"))
    name = f"far_{archiving.token}"
    done = far.backup("pitr", "--to", name, BACKUP_REMOTE="")

    assert done.returncode == 0, done.stderr
    with archiving.connect(name) as restored:
        found = restored.execute("SELECT 1 FROM purchase WHERE number = 'far-1'").fetchall()
    assert len(found) == 1
