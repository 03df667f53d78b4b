import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scripts.backup.faults import OddClock, Refused
from scripts.backup.retention import kept
from scripts.backup.sets import Set

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # a Tuesday


def a_set(folder: Path, made_at: datetime, *, verified: bool = True, whole: bool = True) -> Set:
    place = folder / f"{made_at:%Y%m%dT%H%M%SZ}-1.0"
    place.mkdir()
    (place / "database.dump.age").write_bytes(b"12" if whole else b"1")
    files = {"database.dump": {"bytes": 2}}
    verified_at = made_at.isoformat() if verified else None
    told = {"id": place.name, "verified_at": verified_at, "files": files}
    (place / "manifest.json").write_text(json.dumps(told))
    return Set(place)


def dates(ids: set[str]) -> list[str]:
    return sorted((f"{name[:4]}-{name[4:6]}-{name[6:8]}" for name in ids), reverse=True)


def test_a_year_of_daily_sets_leaves_seven_days_four_weeks_and_six_months(tmp_path: Path) -> None:
    every_day = [a_set(tmp_path, NOW - timedelta(days=days)) for days in range(1, 366)]

    assert dates(kept(every_day, NOW)) == [
        "2026-11-23",  # also the newest of its week and its month
        "2026-11-22",  # the newest of the week before
        "2026-11-21",
        "2026-11-20",
        "2026-11-19",
        "2026-11-18",
        "2026-11-17",
        "2026-11-15",
        "2026-11-08",
        "2026-10-31",
        "2026-09-30",
        "2026-08-31",
        "2026-07-31",
        "2026-06-30",
    ]


def test_many_sets_of_one_day_leave_the_newest_three(tmp_path: Path) -> None:
    of_deploys = [
        a_set(tmp_path, NOW - timedelta(hours=hours)) for hours in (0.1, 0.2, 0.3, 0.4, 2)
    ]

    assert kept(of_deploys, NOW) == {one.id for one in of_deploys[:3]}


def test_the_newest_proven_set_stays_however_old_it_is(tmp_path: Path) -> None:
    old = a_set(tmp_path, NOW - timedelta(days=700))
    older = [a_set(tmp_path, NOW - timedelta(days=701 + days)) for days in range(40)]
    unproven = [a_set(tmp_path, NOW - timedelta(days=days), verified=False) for days in range(9)]

    stay = kept([*unproven, *older, old], NOW)

    assert old.id in stay
    assert {one.id for one in unproven} <= stay  # nothing better came after them
    assert older[-1].id not in stay  # control: something is deleted


def test_a_set_that_lost_a_byte_does_not_push_out_a_whole_one(tmp_path: Path) -> None:
    whole = a_set(tmp_path, NOW - timedelta(days=400))
    broken = [a_set(tmp_path, NOW - timedelta(days=days), whole=False) for days in range(20)]

    assert whole.id in kept([whole, *broken], NOW)


def test_an_unproven_set_goes_once_a_proven_one_came_after_it(tmp_path: Path) -> None:
    unproven = a_set(tmp_path, NOW - timedelta(days=2), verified=False)
    proven = a_set(tmp_path, NOW - timedelta(days=1))

    assert kept([unproven, proven], NOW) == {proven.id}


def test_nothing_is_deleted_while_no_set_is_proven(tmp_path: Path) -> None:
    unproven = [a_set(tmp_path, NOW - timedelta(days=days), verified=False) for days in range(40)]

    with pytest.raises(Refused, match="No set is verified"):
        kept(unproven, NOW)


def test_nothing_is_deleted_while_a_set_is_of_the_future(tmp_path: Path) -> None:
    found = [a_set(tmp_path, NOW + timedelta(days=days)) for days in (-30, -29, -28, -27, 1)]

    with pytest.raises(OddClock, match="is of the future"):
        kept(found, NOW)
