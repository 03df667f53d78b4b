"""What can go wrong while a backup is made: it is noticed, reported, and the one before is kept."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from scripts.backup import create, crypt, lock
from scripts.backup.faults import OddClock
from scripts.backup.sets import Set
from scripts.backup.tests.checks import content, noticed, wait_for
from scripts.backup.tests.installation import Installation, Server, certificate


@pytest.fixture(autouse=True)
def _the_set_before_is_kept(
    installation: Installation, proven: Set, shop_server: Server
) -> Iterator[None]:
    before, databases = content(proven), shop_server.databases()
    yield
    assert content(proven) == before
    assert shop_server.databases() == databases


def failed(installation: Installation, proven: Set, reason: str) -> None:
    """Hold the report of the failure: it says why, and what is still good."""
    report = json.loads((installation.folder / "reports/backup.json").read_text())
    assert reason in report["error"]
    assert (report["set"], report["verified_at"]) == (proven.id, proven.verified_at)


def test_the_database_is_down(installation: Installation, proven: Set) -> None:
    done = installation.backup("run", BACKUP_DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/shop")

    noticed(done, 6, "refused")
    assert installation.sets() == [proven]
    failed(installation, proven, "refused")


def test_the_database_goes_away_during_the_dump(
    installation: Installation, proven: Set, shop_server: Server
) -> None:
    with psycopg.connect(shop_server.owner_url) as blocker:
        blocker.execute("LOCK TABLE product IN ACCESS EXCLUSIVE MODE")
        run = installation.begin("run")
        with shop_server.connect() as admin:
            waiting = (
                "SELECT pid FROM pg_stat_activity WHERE usename = %s AND wait_event = 'relation'"
            )
            backup = f"backup_{shop_server.token}"
            wait_for(lambda: admin.execute(waiting, [backup]).fetchall())
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
            admin.execute(end, [backup])
        told, _ = run.communicate(timeout=60)

    assert run.returncode == 6, told
    assert "terminating connection" in told
    assert installation.sets() == [proven]
    assert not list(installation.settings.sets.glob("*.partial"))
    failed(installation, proven, "terminating connection")


def test_an_overlapping_run(installation: Installation, proven: Set) -> None:
    with lock.held(installation.settings.sets, "verify"):
        done = installation.backup("run")

    noticed(done, 4, "verify since")
    assert installation.sets() == [proven]
    assert installation.backup("drill").returncode == 0  # control: the lock is free again


@pytest.mark.parametrize("command", ["run", "prune"])
def test_the_clock_went_back(installation: Installation, proven: Set, command: str) -> None:
    future = proven.folder.with_name(f"{datetime.now(UTC) + timedelta(days=1):%Y%m%dT%H%M%SZ}-x")
    shutil.copytree(proven.folder, future)
    manifest = json.loads((future / "manifest.json").read_text())
    (future / "manifest.json").write_text(json.dumps(manifest | {"id": future.name}))

    done = installation.backup(command)

    noticed(done, 5, future.name[:16], "The clock says" if command == "run" else "clock")
    assert [one.folder for one in installation.sets()] == [proven.folder, future]


def test_the_clock_jumps_during_a_run(installation: Installation, proven: Set) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)

    with pytest.raises(OddClock, match="The clock moved while the backup ran"):
        create.make(installation.settings, print, later)

    assert installation.sets() == [proven]


@pytest.mark.parametrize("program", ["pg_dump", "pg_restore"])
def test_a_run_is_killed_in_the_middle(
    installation: Installation, proven: Set, shop_server: Server, program: str
) -> None:
    databases = shop_server.databases()
    part = "-Fc*snapshot" if program == "pg_dump" else "single-transaction"
    kill = f'case "$*" in *{part}*) kill -KILL $PPID;; *) exec "$REAL" "$@";; esac'
    installation.instead_of(program, kill)

    killed = installation.backup("run")

    assert killed.returncode == -signal.SIGKILL
    assert installation.backup("list").stdout.count(" verified ") == 1
    left = len(list(installation.settings.sets.glob("*.partial"))), len(shop_server.databases())
    assert left == ((1, len(databases)) if program == "pg_dump" else (0, len(databases) + 1))

    (installation.folder / "bin" / program).unlink()
    assert "left behind" in wait_for(lambda: next_second(installation))
    assert shop_server.databases() == databases
    assert not list(installation.settings.sets.glob("*.partial"))


def next_second(installation: Installation) -> str:
    """Run a backup; in the second of another set there cannot be a further one."""
    done = installation.backup("run")
    return "" if done.returncode else done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--exclude-table-data=purchase", ["public.purchase: 300 rows", "0 rows"]),
        ("--exclude-table-data=product", ["purchase_product_id_fkey", "violates"]),
        ("--exclude-table=ledger", ["public.ledger: 300 rows", "no such table", "schema:"]),
        ("--exclude-table-data=invoice_number", ["sequence public.invoice_number"]),
    ],
)
def test_a_dump_that_is_not_the_database(
    installation: Installation, proven: Set, options: str, words: list[str]
) -> None:
    installation.instead_of(
        "pg_dump",
        f'case "$*" in *schema-only*) ;; *-Fc*) set -- "$@" {options};; esac; exec "$REAL" "$@"',
    )

    done = installation.backup("run")

    noticed(done, 12, *words)
    old, unproven = installation.sets()
    assert (old, unproven.verified_at) == (proven, None)
    failed(installation, proven, words[0])
    listed = installation.folder / "listed.dump"
    encrypted = unproven.folder / "database.dump.age"
    with crypt.opened(encrypted, installation.settings) as plain:
        listed.write_bytes(plain.read())
    # Control: what others take for a proof finds nothing.
    subprocess.run(["pg_restore", "--list", listed], env=installation.environ, check=True)


def test_a_row_that_changed_on_the_way(
    installation: Installation, proven: Set, shop_server: Server
) -> None:
    installation.instead_of(
        "pg_restore",
        '"$REAL" "$@" && exec psql -d "$PGDATABASE" -qc '
        '"UPDATE product SET price = price + 0.01 WHERE id = 250"',
    )

    done = installation.backup("run")

    noticed(done, 12, "public.product: 500 rows")


def test_a_key_that_does_not_belong_to_its_certificate(
    installation: Installation, proven: Set
) -> None:
    certificate(installation.folder / "other", "shop.example")
    shutil.copy(
        installation.folder / "other/archive/shop.example/privkey1.pem",
        installation.folder / "certificates/archive/shop.example/privkey1.pem",
    )

    done = installation.backup("run")

    noticed(done, 12, "shop.example", "does not belong to the private key")
    failed(installation, proven, "does not belong")


def test_a_folder_that_is_not_there(installation: Installation, proven: Set) -> None:
    (installation.folder / "media").rename(installation.folder / "media-not-mounted")

    done = installation.backup("run")

    noticed(done, 8, "media", "is not there")
    assert installation.sets() == [proven]


def test_a_program_that_is_not_there(installation: Installation, proven: Set) -> None:
    done = installation.backup("run", PATH=str(Path("/nowhere")))

    noticed(done, 16, "cannot be started")
