"""Whether the addresses between nginx and the web servers are nobody else's on this host."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from scripts.deploy import edge
from scripts.deploy.asking import ask
from scripts.deploy.findings import Finding
from scripts.deploy.outcome import Stop
from scripts.deploy.preflight.verdicts import good, refusal
from scripts.deploy.site import Site

_FREE_ELSEWHERE = ("10.213.240.0/24", "10.87.112.0/24", "192.168.213.0/24")
_WHY = "Docker refuses a network twice, and hides what lies behind a route it takes over."


@dataclass(frozen=True, kw_only=True)
class _Taken:
    subnet: IPv4Network
    by: str
    bridge: str = ""
    is_ours: bool = False


def networks(site: Site) -> Iterator[Finding]:
    """Hold EDGE_SUBNET against Docker's networks and the routes; `stack` tells if it is none."""
    try:
        wanted = edge.subnet(site)
    except Stop:
        return
    of_docker = list(_of_docker(site))
    before = next((one for one in of_docker if one.is_ours), None)
    if before is not None and before.subnet != wanted:
        yield refusal(
            "networks",
            f"{before.by} has {before.subnet}, and EDGE_SUBNET is {wanted}.",
            where=".env.prod",
            why="Docker changes no network that is in use; the next deploy would fail half-way.",
            advice=f"EDGE_SUBNET={before.subnet}",
        )
        return
    own = {one.bridge for one in of_docker if one.is_ours}
    taken = [one for one in (*of_docker, *_routes(own)) if not one.is_ours]
    found = next((one for one in taken if one.subnet.overlaps(wanted)), None)
    if found is None:
        yield good("networks", f"{wanted} is nobody else's")
        return
    yield refusal(
        "networks",
        f"EDGE_SUBNET {wanted} overlaps {found.subnet}, {found.by}.",
        where=".env.prod",
        why=_WHY,
        advice=f"EDGE_SUBNET={_free(taken)}",
    )


def _of_docker(site: Site) -> Iterator[_Taken]:
    numbers = ask("docker", "network", "ls", "--quiet").output.split()
    said = ask("docker", "network", "inspect", *numbers)
    for network in _json(said.output) if numbers and said.is_good else []:
        labels = network.get("Labels") or {}
        ours = (labels.get("com.docker.compose.project"), labels.get("com.docker.compose.network"))
        for block in (network.get("IPAM") or {}).get("Config") or []:
            subnet = _ipv4(block.get("Subnet", ""))
            if subnet is not None:
                yield _Taken(
                    subnet=subnet,
                    by=f"Docker's network {network['Name']}",
                    bridge=f"br-{network['Id'][:12]}",
                    is_ours=ours == (site.project, "edge"),
                )


def _routes(own_bridges: set[str]) -> Iterator[_Taken]:
    """Return where packets are sent, but for the route of last resort."""
    said = ask("ip", "-json", "-4", "route", "show", "table", "all")
    for route in _json(said.output) if said.is_good else []:
        subnet = _ipv4(route.get("dst", ""))
        device = str(route.get("dev", ""))
        if subnet is not None and subnet.prefixlen and device not in own_bridges:
            yield _Taken(subnet=subnet, by=f"a route of this host by {device or 'nothing'}")


def _free(taken: list[_Taken]) -> str:
    for name in _FREE_ELSEWHERE:
        if not any(one.subnet.overlaps(IPv4Network(name)) for one in taken):
            return name
    return "a /24 of 10.0.0.0/8 that no line of `ip route` has"


def _ipv4(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text, strict=False)
    except ValueError:  # "default", or IPv6
        return None


def _json(text: str) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(text)
    except ValueError:
        return []
    return found
