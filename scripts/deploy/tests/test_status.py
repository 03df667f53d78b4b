import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.deploy.__main__ import main
from scripts.deploy.state import State, save
from scripts.deploy.tests.hosts import GIB, Host
from scripts.deploy.tests.tls import certificate, shown

ALWAYS = ["backup", "certbot", "db", "nginx", "redis-cache", "redis-state", "scheduler", "worker"]


def before(**spans: float) -> str:
    return (datetime.now(UTC) - timedelta(**spans)).isoformat()


def container(service: str, *, health: str = "healthy", **state: Any) -> dict[str, Any]:
    status = {
        "Status": "running",
        "Health": {"Status": health},
        "ExitCode": 0,
        "OOMKilled": False,
        "StartedAt": before(hours=3).replace("+00:00", "123Z"),
    }
    labels = {"com.docker.compose.service": service, "com.docker.compose.oneoff": "False"}
    return {
        "RestartCount": state.pop("restarts", 0),
        "State": {**status, **state},
        "Config": {"Image": "nexus:1.4.0", "Labels": labels},
    }


class Shop:
    """An installation in which all is well, until a test changes what is told of it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.containers = {name: container(name) for name in ["web-blue", *ALWAYS]}
        self.reports: dict[str, Any] = {
            "backup": {
                "finished_at": before(hours=2),
                "verified_at": before(hours=2),
                "set": "x",
                "bytes": 12_300_000,
                "seconds": 41.0,
                "error": None,
                "wal_archived_at": before(minutes=3),
            },
            "drill": {
                "finished_at": before(days=12),
                "rto_seconds": 41,
                "rpo_seconds": 240,
                "ok": True,
            },
            "certificate": {"error": None},
        }
        self.ready: dict[str, Any] = {
            "status": 200,
            "body": json.dumps({"status": "ok", "checks": {"database": "ok", "redis": "ok"}}),
            "ms": 8,
        }
        self.metrics = ['nexus_invariant_breaches{invariant="stock"} 0.0']
        self.jobs = {"waiting": 3, "failed": 0, "oldest_s": 2}
        save(host.site, State(color="blue", release="1.4.0", image="nexus:1.4.0"))

    def tell(self) -> None:
        """Let docker say what holds now."""
        self.host.docker("numbers", "\n".join(self.containers))
        self.host.docker("inspect", json.dumps(list(self.containers.values())))
        told = {"reports": self.reports, "ready": self.ready, "metrics": self.metrics}
        self.host.docker("look", json.dumps(told))
        self.host.docker("psql", json.dumps({"question": "jobs", "rows": [self.jobs]}))


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop whose nginx shows no certificate yet."""
    host = Host(tmp_path)
    monkeypatch.setenv("PATH", host.path)
    monkeypatch.setenv("COLUMNS", "100")
    host.settings(ACME_SERVER="https://an-authority-of-ours.test/dir")
    host.disk(total=40 * GIB, free=19 * GIB)
    yield Shop(host)
    host.close()


@pytest.fixture
def shop(bare: Shop, tmp_path: Path) -> Iterator[Shop]:
    days = timedelta(days=-29), timedelta(days=61, hours=1)
    served = certificate(tmp_path, name="shop.test", begins=days[0], ends=days[1])
    with shown(served, bare.host.ports[1]):
        yield bare


def status(shop: Shop, *options: str) -> int:
    shop.tell()
    return main(["--site", str(shop.host.site.root), "status", *options])


def test_a_shop_in_which_all_is_well_is_green(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(shop) == 0

    printed = capsys.readouterr().out
    assert printed.splitlines()[1:] == [
        "GREEN  everything is well",
        "",
        "✓ release       1.4.0, blue",
        "✓ containers    9 of 9 well",
        "                ✓ web-blue     ✓ backup       ✓ certbot      ✓ db           ✓ nginx",
        "                ✓ redis-cache  ✓ redis-state  ✓ scheduler    ✓ worker",
        "✓ shop          ok, 8 ms",
        "✓ jobs          3 waiting, the longest for 2 s, 0 failed since yesterday",
        "✓ certificate   61 of 90 days left",
        "✓ backup        verified 2 h ago, 12 MB; log archived 3 min ago",
        "✓ drill         12 days ago: back in 41 s, 4 min lost",
        "✓ disk          52% used, 20 GB free",
        "✓ last run      none so far",
    ]
    assert printed.startswith("shop.test ")


Change = Callable[[Shop], object]
CHANGES: dict[str, tuple[Change, int, str]] = {
    "a container is gone": (
        lambda shop: shop.containers.pop("worker"),
        20,
        "✗ worker is not there",
    ),
    "a container fails its healthcheck": (
        lambda shop: shop.containers.update(db=container("db", health="unhealthy")),
        20,
        "✗ db unhealthy",
    ),
    "a container crashes again and again": (
        lambda shop: shop.containers.update(
            worker=container("worker", Status="restarting", ExitCode=78, restarts=4)
        ),
        20,
        "✗ worker restarting ↻4 (code 78)",
    ),
    "a container was ended for want of memory": (
        lambda shop: shop.containers.update({"web-blue": container("web-blue", OOMKilled=True)}),
        20,
        "✗ web-blue out of memory",
    ),
    "a container restarted a while ago": (
        lambda shop: shop.containers.update(
            nginx=container("nginx", restarts=1, StartedAt=before(minutes=5))
        ),
        10,
        "! nginx ↻1",
    ),
    "a container is starting": (
        lambda shop: shop.containers.update(nginx=container("nginx", health="starting")),
        10,
        "! nginx starting",
    ),
    "the shop is degraded": (
        lambda shop: shop.ready.update(
            body=json.dumps({"status": "degraded", "checks": {"redis": "unavailable"}})
        ),
        10,
        "! shop          degraded, 8 ms: redis unavailable",
    ),
    "the shop serves nothing": (
        lambda shop: shop.ready.update(
            status=503, body=json.dumps({"status": "unavailable", "checks": {"database": "slow"}})
        ),
        20,
        "✗ shop          unavailable, 8 ms: database slow",
    ),
    "jobs failed": (
        lambda shop: shop.jobs.update(failed=2),
        10,
        "! jobs          3 waiting, the longest for 2 s, 2 failed since yesterday",
    ),
    "jobs wait": (
        lambda shop: shop.jobs.update(oldest_s=1200),
        10,
        "! jobs          3 waiting, the longest for 20 min, 0 failed since yesterday",
    ),
    "the books do not add up": (
        lambda shop: shop.metrics.append('nexus_invariant_breaches{invariant="money"} 1.0'),
        20,
        "✗ books         money (1 rows) do not add up: manage.py check_invariants",
    ),
    "there is no backup": (
        lambda shop: shop.reports.update(backup=None),
        20,
        "✗ backup        none yet: scripts/deploy.sh backup run",
    ),
    "the last backup failed": (
        lambda shop: shop.reports["backup"].update(error="No space left on device"),
        20,
        "✗ backup        failed: No space left on device; the last good one 2 h ago",
    ),
    "a backup was not verified": (
        lambda shop: shop.reports["backup"].update(verified_at=None),
        20,
        "✗ backup        made, but not restored and compared yet",
    ),
    "the backup is late": (
        lambda shop: shop.reports["backup"].update(verified_at=before(hours=27)),
        10,
        "! backup        made 2 h ago, the last verified 27 h ago",
    ),
    "the backup is very late": (
        lambda shop: shop.reports["backup"].update(verified_at=before(hours=51)),
        20,
        "✗ backup        made 2 h ago, the last verified 2 days ago",
    ),
    "the log is not archived": (
        lambda shop: shop.reports["backup"].update(wal_archived_at=before(hours=1)),
        10,
        "log archived 60 min ago",
    ),
    "no restore was rehearsed": (
        lambda shop: shop.reports.update(drill=None),
        10,
        "! drill         no restore was rehearsed",
    ),
    "the rehearsal was long ago": (
        lambda shop: shop.reports["drill"].update(finished_at=before(days=40)),
        10,
        "! drill         40 days ago",
    ),
    "the rehearsal failed": (
        lambda shop: shop.reports["drill"].update(ok=False),
        20,
        "✗ drill         the last rehearsed restore failed",
    ),
    "the certificate was not renewed": (
        lambda shop: shop.reports["certificate"].update(error="the authority does not answer"),
        10,
        "! certificate   61 of 90 days left; the authority does not answer",
    ),
    "browsers do not know the authority": (
        lambda shop: shop.host.settings(ACME_SERVER=None),
        20,
        "✗ certificate   browsers refuse it: unable to get local issuer certificate",
    ),
    "the disk fills": (
        lambda shop: shop.host.disk(total=40 * GIB, free=7 * GIB),
        10,
        "! disk          82% used, 7.5 GB free",
    ),
    "the disk is nearly full": (
        lambda shop: shop.host.disk(total=40 * GIB, free=2 * GIB),
        20,
        "✗ disk          95% used, 2.1 GB free",
    ),
    "nothing runs": (
        lambda shop: shop.host.site.state_file.unlink(),
        20,
        "✗ release       nothing runs yet: scripts/deploy.sh init",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_amiss_is_seen_and_decides_the_exit_code(
    name: str, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    change, code, line = CHANGES[name]
    change(shop)

    assert status(shop) == code

    printed = capsys.readouterr().out
    assert line in printed
    assert printed.splitlines()[1].startswith("AMBER  " if code == 10 else "RED  ")


@pytest.mark.parametrize(
    ("begins", "ends", "code", "line"),
    [
        (-70, 20, 10, "! certificate   20 of 90 days left"),
        (-80, 10, 20, "✗ certificate   10 of 90 days left"),
        (-91, -1, 20, "✗ certificate   expired 24 h ago"),
        (-34, 11, 10, "! certificate   11 of 45 days left"),
        (-40, 5, 20, "✗ certificate   5 of 45 days left"),
        (-5, 40, 0, "✓ certificate   40 of 45 days left"),
    ],
)
def test_the_certificate_that_is_served_is_judged_by_its_share_of_life(
    begins: int, ends: int, code: int, line: str, bare: Shop, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    days = timedelta(days=begins), timedelta(days=ends, minutes=1)
    served = certificate(tmp_path, name="shop.test", begins=days[0], ends=days[1])
    with shown(served, bare.host.ports[1]):
        assert status(bare) == code

    assert line in capsys.readouterr().out


def test_a_certificate_that_signed_itself_is_red(
    bare: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = timedelta(0), timedelta(days=90)
    served = certificate(
        tmp_path, name="shop.test", begins=days[0], ends=days[1], is_self_signed=True
    )
    with shown(served, bare.host.ports[1]):
        assert status(bare) == 20

    assert "✗ certificate   the makeshift one is served: scripts/deploy" in capsys.readouterr().out


def test_nothing_at_the_port_is_red(bare: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(bare) == 20

    line = f"✗ certificate   nothing answers at port {bare.host.ports[1]}: Connection refused"
    assert line in capsys.readouterr().out


def test_a_deploy_under_way_is_told(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    note = {"release": "1.5.0", "phase": "switched", "since": before(seconds=9)}
    running = State(color="blue", release="1.4.0", image="nexus:1.4.0")
    save(shop.host.site, running.with_note(note))
    shop.containers["web-green"] = container("web-green", health="starting")

    assert status(shop) == 10

    printed = capsys.readouterr().out
    assert "! release       1.4.0, blue; 1.5.0 is coming (switched)" in printed
    assert "· web-green starting" in printed


def test_without_docker_it_still_tells_the_rest(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.tell()
    shop.host.without("docker")

    assert main(["--site", str(shop.host.site.root), "status"]) == 20

    printed = capsys.readouterr().out
    assert "✗ containers    docker is not installed" in printed
    assert "✓ certificate   61 of 90 days left" in printed
    assert "! backup        unknown: no container can read its report" in printed


def test_json_says_the_same_for_programs(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.containers.pop("worker")

    assert status(shop, "--json") == 20

    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "red"
    assert document["exit_code"] == 20
    assert document["parts"]["containers"]["containers"]["worker"]["state"] == "missing"
    assert document["parts"]["jobs"] == {
        "level": "green",
        "text": "3 waiting, the longest for 2 s, 0 failed since yesterday",
        "waiting": 3,
        "failed": 0,
        "oldest_s": 2,
    }


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_wider_than_the_terminal(
    columns: int, shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shop.reports["backup"]["error"] = "pg_dump: error: " + "connection to the server was lost " * 5

    status(shop)

    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines) <= columns
    assert len(lines) <= 24  # one screen of the smallest terminal
