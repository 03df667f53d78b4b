import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scripts.backup import loop
from scripts.backup.sets import Set
from scripts.backup.tests.installation import Installation
from scripts.backup.tests.listener import Listener

AT = (2, 30)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}+00:00")


@pytest.mark.parametrize(
    ("now", "newest", "due"),
    [
        ("24T02:29:59", None, True),
        ("24T02:29:59", "23T02:30:00", False),
        ("24T02:30:00", "23T02:30:00", True),
        ("24T02:30:30", "24T02:30:00", False),
        ("24T23:59:59", "24T02:30:00", False),
        ("25T02:30:01", "24T15:00:00", True),  # one of a deploy does not stand for the daily one
        ("27T02:00:00", "24T02:30:00", True),  # the machine was off
    ],
)
def test_a_set_is_due_once_after_the_time_of_day(now: str, newest: str | None, due: bool) -> None:  # noqa: FBT001
    assert loop.daily_due(moment(now), AT, moment(newest) if newest else None) is due


@pytest.fixture
def alive_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def test_the_loop_makes_what_is_due_and_outlives_what_fails(
    installation: Installation, proven: Set, alive_elsewhere: None
) -> None:
    said: list[str] = []
    failed: dict[str, datetime] = {}
    settings = installation.settings
    installation.instead_of("pg_basebackup", "echo 'no such slot' >&2; exit 1")
    now = proven.made_at + timedelta(seconds=30)

    done = loop.tick(settings, said.append, now, failed)

    assert done == ["wal", "drill"]
    assert list(failed) == ["base"]
    assert any("base failed (DatabaseFailed)" in line and "no such slot" in line for line in said)

    assert loop.tick(settings, said.append, now + timedelta(minutes=5), failed) == ["wal"]
    assert len([line for line in said if "base failed" in line]) == 1  # tried again after an hour
    loop.tick(settings, said.append, now + timedelta(hours=2), failed)
    assert len([line for line in said if "base failed" in line]) == 2


def test_the_loop_makes_the_daily_set(
    installation: Installation, proven: Set, alive_elsewhere: None
) -> None:
    settings = installation.settings
    shutil.rmtree(proven.folder)
    (settings.bases).joinpath("20991231T000000Z-x").mkdir()  # no base backup is due

    done = loop.tick(settings, print, datetime.now(UTC), {})

    assert done[0] == "set"
    [made] = installation.sets()
    assert made.verified_at


def test_health_says_what_is_wrong(
    installation: Installation, proven: Set, alive_elsewhere: None
) -> None:
    settings, now = installation.settings, datetime.now(UTC)
    assert loop.health(settings, now) == "the loop has not begun"

    with loop.beating():
        assert loop.health(settings, now) == ""
        old = proven.folder.with_name("20200101T000000Z-old")
        proven.folder.rename(old)
        told = json.loads((old / "manifest.json").read_text()) | {"id": old.name}
        (old / "manifest.json").write_text(json.dumps(told))
        assert loop.health(settings, now) == "the newest verified set is of 2020-01-01 00:00Z"
    assert "silent for" in loop.health(settings, now + timedelta(minutes=11))
    with loop.beating():
        (old / "manifest.json").unlink()
        assert loop.health(settings, now) == "there is no verified set yet"


def test_a_dead_mans_switch_is_told(installation: Installation, proven: Set) -> None:
    with Listener() as listener:
        address = f"http://127.0.0.1:{listener.port}/ping/id"
        (installation.folder / "media").rename(installation.folder / "away")
        installation.backup("run", BACKUP_PING_URL=address)
        (installation.folder / "away").rename(installation.folder / "media")
        installation.backup("run", BACKUP_PING_URL=address)

    assert [path for path, _ in listener.told] == [
        "/ping/id/start",
        "/ping/id/fail",
        "/ping/id/start",
        "/ping/id",
    ]
    assert "media is not there" in listener.told[1][1]


def test_a_ping_that_does_not_arrive_is_no_reason_to_have_no_backup(
    installation: Installation, proven: Set
) -> None:
    done = installation.backup("run", BACKUP_PING_URL="http://127.0.0.1:1/")

    assert done.returncode == 0
    assert "the ping did not arrive" in done.stderr
    report = json.loads((installation.folder / "reports/backup.json").read_text())
    assert report["error"] is None
