import re
from pathlib import Path

import pytest

from scripts.deploy import edge
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import CHECKOUT, Site


def site_in(folder: Path, subnet: str) -> Site:
    (folder / ".env.prod").write_text(f"EDGE_SUBNET={subnet}\n")
    return Site(folder)


def test_a_colour_has_a_fixed_address_outside_of_what_docker_gives_out(tmp_path: Path) -> None:
    assert edge.variables(site_in(tmp_path, "10.1.2.64/26")) == {
        "EDGE_RANGE": "10.1.2.96/27",
        "WEB_BLUE_ADDRESS": "10.1.2.75",
        "WEB_GREEN_ADDRESS": "10.1.2.76",
    }


def test_the_compose_file_alone_says_the_same_as_deploy(site: Site) -> None:
    text = (CHECKOUT / "docker-compose.production.yml").read_text()

    usual = dict(re.findall(r"\$\{(EDGE_RANGE|WEB_\w+_ADDRESS):-([^}]+)\}", text))

    assert usual == edge.variables(site)


@pytest.mark.parametrize("subnet", ["10.0.0.0/28", "fd00::/64", "10.0.0.1/24", "edge"])
def test_a_network_that_is_none_or_too_small_is_refused(subnet: str, tmp_path: Path) -> None:
    with pytest.raises(Stop, match="EDGE_SUBNET must be an IPv4 network of at least /27") as stop:
        edge.variables(site_in(tmp_path, subnet))

    assert stop.value.code == Code.REFUSED
