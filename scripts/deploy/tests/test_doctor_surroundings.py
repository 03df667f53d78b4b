import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from scripts.deploy.compose import Compose
from scripts.deploy.doctor import surroundings
from scripts.deploy.doctor.access import access
from scripts.deploy.doctor.database import sizes
from scripts.deploy.findings import Level
from scripts.deploy.outcome import Stop
from scripts.deploy.site import Site
from scripts.deploy.tests.hosts import Host
from scripts.deploy.tests.postgres import Postgres, durable_postgres
from scripts.embedded import POSTGRES_BIN

GIB = 1024**3


def look_of(*, days: float, **sizes: int) -> str:
    at = datetime.now(UTC) - timedelta(days=days)
    return json.dumps({"at": at.isoformat(), "bytes": sizes}) + "\n"


def test_growth_is_told_once_two_looks_are_half_a_day_apart(site: Site) -> None:
    site.prepare()
    row = {"relation": "orders_order", "bytes": 5 * GIB, "rows": 7}

    rows, found = surroundings.growth(site, [row])
    assert rows == [{**row, "bytes_a_day": None}]
    assert found == []

    rows, _ = surroundings.growth(site, [row])
    assert rows == [{**row, "bytes_a_day": None}]
    assert len((site.production / "sizes.jsonl").read_text().splitlines()) == 2


def test_a_table_that_grows_fast_is_amber(site: Site) -> None:
    site.prepare()
    (site.production / "sizes.jsonl").write_text(
        look_of(days=2, users_refreshtoken=GIB, orders_order=GIB)
    )
    tables = [
        {"relation": "users_refreshtoken", "bytes": 5 * GIB, "rows": 7},
        {"relation": "orders_order", "bytes": 2 * GIB, "rows": 7},
        {"relation": "new", "bytes": 9 * GIB, "rows": 7},
    ]

    rows, found = surroundings.growth(site, tables)

    assert [round((row["bytes_a_day"] or 0) / GIB, 3) for row in rows] == [2.0, 0.5, 0.0]
    assert [(finding.level, finding.what) for finding in found] == [
        (Level.AMBER, "users_refreshtoken grows by 2.1 GB a day.")
    ]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    machine = Host(tmp_path)
    monkeypatch.setenv("PATH", machine.path)
    yield machine
    machine.close()


NO_RULES = '{"nftables": [{"metainfo": {}}]}'


def test_a_host_without_a_firewall_is_red_unless_somebody_else_filters(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.program("nft", NO_RULES)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    (finding,) = surroundings.firewall(host.site)
    assert (finding.level, finding.check) == (Level.RED, "firewall")
    assert "no rules are in force: every port is open" in finding.what

    host.settings(PREFLIGHT_SKIP="firewall")
    assert list(surroundings.firewall(Site(host.site.root))) == []


def test_a_firewall_that_cannot_be_asked_is_amber_and_asked_by_root_alone(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    (finding,) = surroundings.firewall(host.site)
    assert finding.level is Level.AMBER
    assert "nft is not installed" in finding.what

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert list(surroundings.firewall(host.site)) == []


def test_nginx_that_would_not_start_again_is_red(host: Host) -> None:
    reason = 'nginx: [emerg] unexpected "}" in /etc/nginx/site/upstream.conf:3'
    host.script(
        "docker", f"echo 'nginx: configuration file test failed' >&2; echo '{reason}' >&2; exit 1"
    )

    (finding,) = surroundings.nginx(Compose(host.site))

    assert finding.level is Level.RED
    assert finding.what == f"nginx would not start again: {reason}"
    host.script("docker", "exit 0")
    assert surroundings.nginx(Compose(host.site)) == []


def test_errors_of_the_last_hour_are_counted_by_what_they_say(host: Host) -> None:
    error = "2026-05-04T10:00:00Z 2026-05-04 10:00:00.1 UTC [{}] a@b c ERROR:  deadlock detected"
    expected = 'ERROR:  duplicate key value violates "procrastinate_jobs_queueing_lock_idx_v1"'
    lines = [f"db-1  | {error.format(number)}" for number in range(12)]
    lines += [f"db-1  | 2026-05-04T10:00:00Z 2026-05-04 10:00:00.1 UTC [7] a@b c {expected}"] * 20
    lines += ["web-blue-1  | 2026-05-04T10:00:00Z Traceback (most recent call last):"]
    host.docker("logs", "\n".join(lines) + "\n")

    found = surroundings.errors(Compose(host.site))

    assert [(finding.level, finding.what) for finding in found] == [
        (Level.AMBER, "12× in the last hour, db: a@b c ERROR:  deadlock detected"),
        (Level.HINT, "1× in the last hour, web-blue: Traceback (most recent call last):"),
    ]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with durable_postgres() as postgres:
        yield postgres


def test_a_managed_database_is_asked_as_its_owner_and_no_argument_has_the_password(
    host: Host, server: Postgres
) -> None:
    place = server.url.rpartition("@")[2]
    password = "p%/:@ 'q\"$x"  # noqa: S105 – a test's own
    with server.connect() as connection:
        connection.execute("DROP ROLE IF EXISTS shop_owner")
        connection.execute("CREATE ROLE shop_owner LOGIN PASSWORD 'p%/:@ ''q\"$x'")
        connection.execute("CREATE TABLE IF NOT EXISTS large AS SELECT 1 AS number")
    secret = host.site.secrets / "database_url_owner"
    secret.unlink()
    secret.write_text(
        f"postgresql://shop_owner:{quote(password, safe='')}@{place}?sslmode=disable\n"
    )
    # As the engine does: run the command that follows the service's name.
    host.script("docker", 'while [ "$1" != backup ]; do shift; done; shift; exec "$@"')
    (host.programs / "psql").symlink_to(POSTGRES_BIN / "psql")

    psql, is_managed = access(Compose(host.site))

    assert is_managed
    assert password not in " ".join(psql.command)
    assert quote(password, safe="") not in " ".join(psql.command)
    assert [row["relation"] for row in sizes(psql)] == ["large"]


def test_our_own_database_is_asked_as_postgres_over_its_socket(host: Host) -> None:
    secret = host.site.secrets / "database_url_owner"
    secret.unlink()
    secret.write_text("postgresql://nexus_owner:x@db:5432/nexus\n")

    psql, is_managed = access(Compose(host.site))

    assert not is_managed
    assert list(psql.command[-5:]) == [
        "--no-TTY", "db", "psql", "--username=postgres", "--dbname=nexus",
    ]  # fmt: skip


def test_a_secret_that_may_not_be_read_is_said_in_one_line(host: Host) -> None:
    secret = host.site.secrets / "database_url_owner"
    secret.unlink()
    secret.mkdir()  # what root cannot read either

    with pytest.raises(Stop, match="database_url_owner cannot be read: Is a directory") as stop:
        access(Compose(host.site))

    assert stop.value.hint == "Use sudo."
