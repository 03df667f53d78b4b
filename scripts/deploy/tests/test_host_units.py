import configparser

import pytest

from scripts.deploy import host_units
from scripts.deploy.host_units import BANS, DOCTOR, FIREWALL
from scripts.deploy.site import CHECKOUT, Site

UNITS = (*BANS, *DOCTOR, *FIREWALL)


def parsed(name: str) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(host_units.text(Site(), name))
    return unit


def test_every_unit_of_the_checkout_is_installed_by_somebody() -> None:
    folder = CHECKOUT / host_units.SOURCE
    kept = {path.name for kind in ("service", "timer", "path") for path in folder.glob(f"*.{kind}")}

    assert kept == set(UNITS)


@pytest.mark.parametrize("name", [name for name in UNITS if not name.endswith(".service")])
def test_what_starts_a_service_is_started_at_boot_and_has_one(name: str) -> None:
    assert parsed(name)["Install"]["WantedBy"]
    assert f"{name.partition('.')[0]}.service" in UNITS


def test_the_firewall_is_up_before_the_network_and_before_docker() -> None:
    before = parsed("nexus-firewall.service")["Unit"]["Before"].split()

    assert {"network-pre.target", "docker.service"} <= set(before)


def test_the_examination_runs_in_this_checkout() -> None:
    service = parsed("nexus-doctor.service")["Service"]

    assert service["WorkingDirectory"] == str(CHECKOUT)
    assert service["ExecStart"] == f"{CHECKOUT}/scripts/deploy.sh doctor"
