"""The host's systemd units, as systemd itself reads them."""

from collections.abc import Iterator

import pytest

from scripts.deploy.host_units import BANS, DOCTOR, FIREWALL
from scripts.tests.firewall.machines import ROOT, Machine, machines

INSTALL = """
import sys
from scripts.deploy import host_units
from scripts.deploy.site import Site
host_units.install(Site(), *sys.argv[1:])
"""
UNITS = (*FIREWALL, *BANS, *DOCTOR)


@pytest.fixture
def host() -> Iterator[Machine]:
    with machines("host") as (host,):
        host.run("python3", "-c", INSTALL, *UNITS)
        yield host


def test_systemd_finds_nothing_wrong_with_them(host: Machine) -> None:
    host.write("/etc/nexus-firewall/rules.nft", "")
    paths = [f"/etc/systemd/system/{name}" for name in UNITS]

    verified = host.run("systemd-analyze", "verify", "--recursive-errors=no", *paths, check=False)

    assert (verified.returncode, verified.stderr) == (0, "")


def test_systemd_would_find_a_mistake(host: Machine) -> None:
    path = f"/etc/systemd/system/{FIREWALL[0]}"
    host.run("sed", "-i", "s/^RemainAfterExit=yes/RemainAfterExit=perhaps/", path)

    verified = host.run("systemd-analyze", "verify", "--recursive-errors=no", path, check=False)

    assert "Failed to parse boolean value, ignoring: perhaps" in verified.stderr


def test_they_are_started_at_boot(host: Machine) -> None:
    wanted = {
        "nexus-firewall.service": "sysinit",
        "nexus-bans.path": "multi-user",
        "nexus-doctor.timer": "timers",
    }
    for unit, target in wanted.items():
        link = f"/etc/systemd/system/{target}.target.wants/{unit}"
        assert host.run("readlink", link).stdout.strip().endswith(f"/{unit}")


def test_the_nightly_examination_is_of_this_checkout(host: Machine) -> None:
    unit = host.read("/etc/systemd/system/nexus-doctor.service")

    assert f"ExecStart={ROOT}/scripts/deploy.sh doctor" in unit.splitlines()
