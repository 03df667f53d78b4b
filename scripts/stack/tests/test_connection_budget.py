"""Connections to PostgreSQL: what all parts could open at once, against what it lets in."""

import re
from pathlib import Path
from typing import Any

import yaml

from scripts.deploy import connections
from scripts.deploy.doctor.questions import Thresholds
from scripts.deploy.site import Site
from scripts.stack.tests.test_compose import ROOT, SERVICES

POSTGRES = ROOT / "scripts" / "stack" / "postgres"
# A worker has a pool of its own (4, procrastinate's default of psycopg) with a connection that
# listens, and Django's connection for each job it does at a time.
POOL = 5
SCRATCH = 4  # of the backup: a dump, a restore with two jobs, a look at both
BASE_BACKUP = 2


def setting(name: str) -> int:
    (value,) = re.findall(
        rf"^{name} = (\d+)", (POSTGRES / "postgresql.conf").read_text(), re.MULTILINE
    )
    return int(value)


def limit_of(role: str) -> int:
    (value,) = re.findall(
        rf"CREATE ROLE {role} [^;]*CONNECTION LIMIT (\d+)",
        (POSTGRES / "init" / "10-roles.sh").read_text(),
    )
    return int(value)


def option(command: list[str], name: str) -> int:
    (value,) = [word.removeprefix(f"--{name}=") for word in command if word.startswith(f"--{name}")]
    return int(value)


def example(name: str) -> int:
    (value,) = re.findall(
        rf"^{name}=(\d+)$", (ROOT / ".env.prod.example").read_text(), re.MULTILINE
    )
    return int(value)


def test_all_parts_together_fit_into_what_the_shop_s_role_may_open() -> None:
    one_colour = example("WEB_CONCURRENCY") * example("WEB_THREADS")
    jobs = sum(
        option(SERVICES[name]["command"], "concurrency") + POOL for name in ("worker", "scheduler")
    )
    # During a deploy there are two colours, and for a moment two of each worker.
    most = 2 * one_colour + 2 * jobs

    assert (one_colour, jobs, most) == (16, 15, 62)
    assert most <= limit_of("nexus_app")


def settings_of(folder: Path, text: str) -> Site:
    (folder / ".env.prod").write_text(text)
    return Site(folder)


def test_doctor_reckons_with_the_same_numbers_and_with_a_replica_s(tmp_path: Path) -> None:
    text = (ROOT / ".env.prod.example").read_text()
    replica = "DATABASE_REPLICA_URL=postgresql://nexus_app@replica/nexus\n"

    assert connections.needed(settings_of(tmp_path, text)) == limit_of("nexus_app") == 62
    assert connections.needed(settings_of(tmp_path, text + replica)) == 62 + 2 * 4
    assert connections.needed(settings_of(tmp_path, "WEB_THREADS=8\n")) == 62 + 2 * 16
    assert Thresholds.app_connections == 62


def test_all_roles_together_leave_room_to_look_inside() -> None:
    roles = {name: limit_of(name) for name in ("nexus_app", "nexus_owner", "nexus_backup")}

    assert roles == {"nexus_app": 62, "nexus_owner": 6, "nexus_backup": 8}
    assert roles["nexus_backup"] >= SCRATCH + BASE_BACKUP
    assert (
        sum(roles.values()) + setting("superuser_reserved_connections")
        <= setting("max_connections")
        == 80
    )


def test_a_cluster_started_from_the_file_holds_what_must_hold() -> None:
    text = (POSTGRES / "postgresql.conf").read_text()
    settings: dict[str, Any] = {
        name: yaml.safe_load(value)
        for name, value in re.findall(r"^([a-z_.]+) = ('[^']*'|\S+)", text, re.MULTILINE)
    }

    musts = {
        "fsync": True,
        "synchronous_commit": True,
        "full_page_writes": True,
        "password_encryption": "scram-sha-256",
        "archive_mode": True,
        "wal_level": "replica",
        "log_min_duration_statement": "500ms",
        "log_lock_waits": True,
        "idle_in_transaction_session_timeout": "30s",
        "max_slot_wal_keep_size": "4GB",
    }
    assert {name: settings[name] for name in musts} == musts
    assert "--data-checksums" in SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_each_line_of_the_file_says_why_it_is_there() -> None:
    lines = (POSTGRES / "postgresql.conf").read_text().splitlines()

    assert [line for line in lines if re.match(r"[a-z]", line) and " # " not in line] == []
