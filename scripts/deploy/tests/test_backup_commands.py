"""backup, drill and restore with the real tool and PostgreSQL; docker alone is a stand-in."""

import json
import os
import shlex
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from scripts.backup import lock
from scripts.backup.tests.conftest import _pristine, installation, proven, shop_server  # noqa: F401
from scripts.backup.tests.installation import ROOT, Installation, Server
from scripts.backup.tests.test_restore import own_server, shop  # noqa: F401
from scripts.deploy import backups
from scripts.deploy.__main__ import main
from scripts.deploy.outcome import Code

# Runs what it is asked to run in a container right here.
_DOCKER = """\
#!/bin/bash
set -eu
{exports}
cd {root}
while [ $# -gt 0 ]; do
  case $1 in
    ps) echo '{{"ID": "1", "Name": "backup", "Service": "backup", "State": "running"}}'; exit ;;
    exec) [ "$3" != db ] || exec psql --no-psqlrc --quiet --dbname {admin}; shift 3; exec "$@" ;;
    run) while [ "$1" != restore ]; do shift; done; shift; exec python3 -m scripts.backup "$@" ;;
  esac
  shift
done
"""


class Site:
    """An installation, and the commands for it."""

    def __init__(self, folder: Path, made: Installation, server: Server) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / ".env.prod").write_text("DOMAIN=shop.example\n")
        programs = made.folder / "bin"
        (programs / "python3").symlink_to(sys.executable)
        exports = [
            f"export {name}={shlex.quote(value)}"
            for name, value in made.environ.items()
            if name.isidentifier()
        ]
        (programs / "docker").write_text(
            _DOCKER.format(
                exports="\n".join(exports), root=ROOT, admin=shlex.quote(server.admin_url)
            )
        )
        (programs / "docker").chmod(0o755)

    def command(self, *arguments: str) -> int:
        return main(["--site", str(self.folder), *arguments])


@pytest.fixture
def site(
    shop: Installation,  # noqa: F811
    own_server: Server,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    made = Site(tmp_path / "site", shop, own_server)
    monkeypatch.setenv("PATH", shop.environ["PATH"])
    return made


def purchases(server: Server, database: str | None = None) -> int:
    with server.connect(database) as connection:
        [[count]] = connection.execute("SELECT count(*) FROM purchase").fetchall()
    return int(count)


def test_a_backup_is_made_listed_and_rehearsed(
    site: Site,
    shop: Installation,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert site.command("backup", "run") == Code.DONE
    assert "verified: 1100 rows" in capsys.readouterr().out

    assert site.command("backup", "list", "--json") == Code.DONE
    told = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told["sets"]] == [one.id for one in shop.sets()]

    assert site.command("drill", "--json") == Code.DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["tables"], told["rows"], told["files"]) == (3, 1100, 8)
    assert 0 < told["rto_seconds"] < 60


def test_a_swap_is_made_only_by_who_says_so(
    site: Site,
    own_server: Server,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    with own_server.connect() as live:
        live.execute("DELETE FROM purchase WHERE number = 'N-9'")
    before = own_server.databases()

    assert site.command("restore", "--swap") == Code.USAGE
    assert site.command("restore", "--swap", "--dry-run") == Code.DONE
    assert own_server.databases() == before
    assert purchases(own_server) == 299
    assert "--yes says you mean it" in capsys.readouterr().err

    assert site.command("restore", "--swap", "--yes") == Code.DONE
    assert purchases(own_server) == 300
    [kept] = own_server.databases() - before
    assert f"kept as {kept}" in capsys.readouterr().out
    assert purchases(own_server, kept) == 299


def test_a_swap_succeeds_though_customers_come_back_at_once(
    site: Site,
    own_server: Server,  # noqa: F811
) -> None:
    with own_server.connect() as live:
        live.execute("DELETE FROM purchase")
    over = threading.Event()
    served = [0]

    def visit() -> None:
        url = own_server.owner_url
        while not over.is_set():
            try:
                with psycopg.connect(url, connect_timeout=5) as customer:
                    customer.execute("SELECT 1")
                    served[0] += 1
            except psycopg.OperationalError:  # ended by the swap
                continue

    visitors = [threading.Thread(target=visit) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    try:
        code = site.command("restore", "--swap", "--yes")
    finally:
        over.set()
        for visitor in visitors:
            visitor.join()

    assert code == Code.DONE
    assert served[0] > 20  # control: they did come
    assert purchases(own_server) == 300


def test_lost_files_are_put_back_with_the_database(
    site: Site,
    shop: Installation,  # noqa: F811
    own_server: Server,  # noqa: F811
) -> None:
    picture = shop.folder / "media/products/1/front.jpg"
    saved = picture.read_bytes()
    picture.unlink()
    before = own_server.databases()

    assert site.command("restore", "--files", "--to", f"beside_{own_server.token}") == Code.DONE

    assert picture.read_bytes() == saved
    assert own_server.databases() - before == {f"beside_{own_server.token}"}


def test_the_tools_word_and_lock_reach_the_operator(
    site: Site,
    shop: Installation,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backups, "WAIT_SECONDS", 0)
    with lock.held(shop.settings.sets, "run"):
        assert site.command("backup", "verify") == Code.LOCKED
    [made] = shop.sets()
    (made.folder / "media.tar.age").write_bytes(b"")

    assert site.command("backup", "verify") == Code.FAILED

    said = capsys.readouterr().err
    assert "run since" in said
    assert "media.tar.age" in said
    assert "its exit code was 9" in said


_FORGET = "restore --forget nexus_before_20261124_183000"


@pytest.fixture
def idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation where docker writes down that it was called."""
    (tmp_path / ".env.prod").write_text("DOMAIN=shop.example\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/docker").write_text(f"#!/bin/sh\ntouch {tmp_path}/called\n")
    (tmp_path / "bin/docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "backup run 20261124T000000Z-x",
        "backup fetch",
        "restore 20261124T000000Z-x --at 2026-11-24T18:30:00Z",
        "backup verify --accept-loss",
        "restore --bare /nowhere",
        "restore --forget nexus",
    ],
)
def test_a_command_that_makes_no_sense_is_refused(idle: Path, line: str) -> None:
    assert main(["--site", str(idle), *line.split()]) == Code.USAGE
    assert not (idle / "called").exists()


@pytest.mark.parametrize("line", ["backup", "backup verify", "backup base", "backup wal", _FORGET])
def test_a_dry_run_changes_nothing(idle: Path, line: str) -> None:
    assert main(["--site", str(idle), *line.split(), "--dry-run"]) == Code.DONE
    assert not (idle / "called").exists()


def test_what_is_not_dry_calls_docker(idle: Path) -> None:
    """Control of the two above: what is not dry does call docker."""
    main(["--site", str(idle), "backup", "wal"])

    assert (idle / "called").exists()
