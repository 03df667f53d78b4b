import gzip
import os
import stat
import subprocess
from pathlib import Path

import pytest

from scripts.backup.tests.installation import ROOT

SEGMENT = "000000010000000000000007"
SCRIPT = ROOT / "scripts/stack/postgres/archive_wal.sh"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    (tmp_path / "segment").write_bytes(b"change" * 1000)
    return folder


def archived(archive: Path, *, under: str = SEGMENT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, archive.parent / "segment", under],
        env=os.environ | {"WAL_ARCHIVE": str(archive)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_segment_is_kept_whole_and_for_the_group_to_read(archive: Path) -> None:
    assert archived(archive).returncode == 0

    [kept] = archive.iterdir()
    assert kept.name == f"{SEGMENT}.gz"
    assert gzip.decompress(kept.read_bytes()) == b"change" * 1000
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640


def test_the_same_segment_again_is_no_fault(archive: Path) -> None:
    archived(archive)
    before = (archive / f"{SEGMENT}.gz").stat()

    assert archived(archive).returncode == 0
    assert (archive / f"{SEGMENT}.gz").stat() == before


def test_other_content_under_a_taken_name_is_refused(archive: Path) -> None:
    archived(archive)
    (archive.parent / "segment").write_bytes(b"of another server")

    refused = archived(archive)

    assert refused.returncode == 1
    assert "with other content" in refused.stderr
    assert gzip.decompress((archive / f"{SEGMENT}.gz").read_bytes()) == b"change" * 1000


def test_what_a_killed_run_left_is_no_segment_and_not_in_the_way(archive: Path) -> None:
    (archive / f".{SEGMENT}.partial").write_bytes(b"half")

    assert archived(archive).returncode == 0
    assert [path.name for path in archive.iterdir()] == [f"{SEGMENT}.gz"]


@pytest.mark.parametrize("lost", ["segment", "archive"])
def test_what_cannot_be_archived_is_said_to_be_so(archive: Path, lost: str) -> None:
    (archive.parent / lost).rename(archive.parent / "elsewhere")

    assert archived(archive).returncode != 0
