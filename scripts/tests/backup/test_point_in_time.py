import json
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from scripts.backup import lock, loop
from scripts.backup.tests.checks import noticed, wait_for
from scripts.backup.tests.installation import Installation, Server
from scripts.tests.backup.archiving import archive_everything


def buy(server: Server, number: str) -> datetime:
    """Record a purchase and return when it was committed, by the server's clock."""
    with server.connect() as shop:
        shop.execute(
            "INSERT INTO purchase (number, product_id, quantity) VALUES (%s, 1, 1)", [number]
        )
        [[at]] = shop.execute("SELECT clock_timestamp()").fetchall()
    return at  # type: ignore[no-any-return]


def purchases(server: Server, database: str | None = None) -> int:
    with server.connect(database) as shop:
        [[count]] = shop.execute("SELECT count(*) FROM purchase").fetchall()
    return int(count)


def test_rows_that_were_deleted_come_back_from_the_moment_before(
    archived: Installation, archiving: Server
) -> None:
    base = archived.backup("base")
    assert base.returncode == 0, base.stderr
    before = buy(archiving, "after-the-base")
    with archiving.connect() as shop:
        shop.execute("DELETE FROM purchase")
    buy(archiving, "after-the-accident")
    archive_everything(archiving)
    assert purchases(archiving) == 1

    name = f"back_{archiving.token}"
    done = archived.backup("pitr", "--at", before.isoformat(), "--to", name)

    assert done.returncode == 0, done.stderr
    assert purchases(archiving, name) == 301
    with archiving.connect(name) as restored:
        found = restored.execute(
            "SELECT 1 FROM purchase WHERE number = 'after-the-base'"
        ).fetchall()
    assert len(found) == 1
    assert purchases(archiving) == 1  # the live one goes on as it was
    assert not list(archived.settings.bases.glob("*.partial"))


def test_the_newest_state_is_restored_where_no_time_is_given(
    archived: Installation, archiving: Server
) -> None:
    assert archived.backup("base").returncode == 0
    buy(archiving, "the-last-one")
    archive_everything(archiving)

    name = f"newest_{archiving.token}"
    done = archived.backup("pitr", "--to", name)

    assert done.returncode == 0, done.stderr
    assert purchases(archiving, name) == 301


def test_a_machine_that_is_lost_costs_seconds_of_changes(
    archived: Installation, archiving: Server
) -> None:
    """Buy without pause while changes are shipped, then have nothing but the copies."""
    assert archived.backup("base").returncode == 0
    bought: dict[str, float] = {}
    deadline = time.monotonic() + 15
    shipped = time.monotonic()
    with psycopg.connect(archiving.owner_url, autocommit=True) as shop:
        while time.monotonic() < deadline:
            number = f"live-{len(bought)}"
            shop.execute("INSERT INTO purchase VALUES (%s, 1, 1)", [number])
            bought[number] = time.monotonic()
            if time.monotonic() - shipped > 2:
                assert archived.backup("wal").returncode == 0
                shipped = time.monotonic()
    lost_at = time.monotonic()
    for path in archived.settings.wal.iterdir():  # of the machine that is gone
        path.unlink()

    name = f"lost_{archiving.token}"
    done = archived.backup("pitr", "--to", name)

    assert done.returncode == 0, done.stderr
    with archiving.connect(name) as restored:
        rows = restored.execute("SELECT number FROM purchase WHERE number LIKE 'live-%'").fetchall()
    survived = [bought[number] for (number,) in rows]
    missing = set(bought) - {number for (number,) in rows}
    rpo = lost_at - max(survived)
    print(f"RPO {rpo:.1f} s: {len(missing)} of {len(bought)} purchases lost")
    # archive_timeout is 2 s here, and segments are shipped every 2 s.
    assert rpo < 8
    assert all(bought[number] > max(survived) for number in missing)  # none in the middle


def test_times_that_cannot_be_had_are_refused(archived: Installation, archiving: Server) -> None:
    early = datetime.now(UTC)
    assert archived.backup("base").returncode == 0
    archive_everything(archiving)
    name = f"no_{archiving.token}"

    before = archived.backup("pitr", "--at", early.isoformat(), "--to", name)
    after = archived.backup("pitr", "--at", datetime.now(UTC).isoformat(), "--to", name)
    future = datetime.now(UTC) + timedelta(hours=1)
    ahead = archived.backup("pitr", "--at", future.isoformat(), "--to", name)
    naive = archived.backup("pitr", "--at", "2026-11-24T12:00:00", "--to", name)

    noticed(before, 15, "oldest base backup")
    noticed(after, 15, "end before that time")
    noticed(ahead, 5, "in the future")
    noticed(naive, 2, "no time zone")
    assert name not in archiving.databases()


def test_a_gap_in_the_changes_is_noticed(archived: Installation, archiving: Server) -> None:
    assert archived.backup("base").returncode == 0
    for number in range(3):
        buy(archiving, f"more-{number}")
        archive_everything(archiving)
    assert archived.backup("wal").returncode == 0
    segments = sorted((archived.settings.bases / "wal").glob("*.gz.age"))
    gone = segments[-2]
    gone.unlink()
    (archived.settings.wal / gone.name.removesuffix(".age")).unlink()

    noticed(archived.backup("wal"), 15, "1 archived segments are missing")
    noticed(archived.backup("pitr", "--to", f"gap_{archiving.token}"), 15, "missing")

    said: list[str] = []  # the loop makes a base backup, so that what comes is safe again
    assert "wal" in loop.tick(archived.settings, said.append, datetime.now(UTC), {})
    assert any("missing" in line and "Makes one" in line for line in said)
    assert archived.backup("wal").returncode == 0


def test_a_base_backup_with_a_flipped_byte_is_noticed(
    archived: Installation, archiving: Server
) -> None:
    assert archived.backup("base").returncode == 0
    [file] = archived.settings.bases.glob("*/base.tar.gz.age")
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    archive_everything(archiving)

    noticed(archived.backup("pitr", "--to", f"bad_{archiving.token}"), 9, "base.tar.gz.age")


def test_old_changes_go_with_the_base_backup_that_needed_them(
    archived: Installation, archiving: Server
) -> None:
    starts = []
    for number in range(3):
        assert archived.backup("base").returncode == 0
        buy(archiving, f"week-{number}")
        starts.append(archive_everything(archiving))
        assert archived.backup("wal").returncode == 0
    assert archived.backup("base").returncode == 0

    told = json.loads(archived.backup("list", "--json").stdout)
    assert [one["kind"] for one in told] == ["base", "base"]
    left = {path.name for path in (archived.settings.bases / "wal").glob("*.gz.age")}
    assert f"{starts[0]}.gz.age" not in left
    assert f"{starts[2]}.gz.age" in left
    archive_everything(archiving)
    name = f"kept_{archiving.token}"
    assert archived.backup("pitr", "--to", name).returncode == 0
    assert purchases(archiving, name) == 303


def test_a_drill_with_archived_changes_measures_an_rpo_of_seconds(
    archived: Installation, archiving: Server
) -> None:
    assert archived.backup("run").returncode == 0
    [made] = archived.sets()
    assert archived.backup("base").returncode == 0
    wait_for(lambda: datetime.now(UTC) - made.made_at > timedelta(seconds=8))
    buy(archiving, "newest")
    archive_everything(archiving)
    assert archived.backup("wal").returncode == 0

    told = json.loads(archived.backup("drill", "--json").stdout)

    assert told["rpo_seconds"] < 5


@pytest.mark.parametrize("command", ["base", "wal", "pitr"])
def test_archives_have_one_worker_at_a_time(
    archived: Installation, archiving: Server, command: str
) -> None:
    arguments = ["--to", "x"] if command == "pitr" else []
    with lock.held(archived.settings.bases, "base"):
        noticed(archived.backup(command, *arguments), 4, "base since")
