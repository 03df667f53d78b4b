"""docs/DOCKER_README.md says of services, networks and volumes what the compose file says."""

import re
from typing import Any

import yaml

from scripts.tests.guides.markdown import ROOT

GUIDE = (ROOT / "docs" / "DOCKER_README.md").read_text(encoding="utf-8")
STACK: dict[str, Any] = yaml.safe_load(
    (ROOT / "docker-compose.production.yml").read_text(encoding="utf-8")
)


def rows(heading: str) -> dict[str, list[str]]:
    """Return the cells of a section's table, by each name in their first cell."""
    section = GUIDE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = {}
    for line in re.findall(r"^\|.*\|$", section, re.MULTILINE):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for name in re.findall(r"`([\w-]+)`", cells[0]):
            found[name] = cells[1:]
    return found


def test_every_limit_is_the_compose_file_s() -> None:
    told = {name: (memory, cpus) for name, (memory, cpus, _) in rows("Limits").items()}

    assert told == {
        name: (limits["memory"], limits["cpus"])
        for name, service in STACK["services"].items()
        for limits in [service["deploy"]["resources"]["limits"]]
    }


def test_every_service_that_stays_up_is_told_with_its_account_and_networks() -> None:
    told = {
        name: (account, set(re.findall(r"`(\w+)`", networks)))
        for name, (_, account, networks) in rows("Services").items()
    }

    assert told == {
        name: (service["user"].partition(":")[0], set(service["networks"]))
        for name, service in STACK["services"].items()
        if service.get("profiles") != ["tools"]
    }


def test_every_network_says_truly_whether_it_leads_out() -> None:
    told = {name: way_out.startswith("yes") for name, (_, way_out) in rows("Networks").items()}

    assert told == {
        name: not (network or {}).get("internal", False)
        for name, network in STACK["networks"].items()
    }


def test_every_volume_is_told() -> None:
    assert set(rows("Volumes")) == set(STACK["volumes"])


def test_every_service_that_is_called_when_needed_is_named() -> None:
    section = GUIDE.partition("\n## Services\n")[2].partition("\n## ")[0]
    tools = {
        name for name, service in STACK["services"].items() if service.get("profiles") == ["tools"]
    }

    assert len(tools) == 4
    assert all(f"`{name}`" in section for name in tools)
