"""The host of a shop, two strangers outside and a container inside."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from scripts.tests.firewall import docker_rules
from scripts.tests.firewall.machines import ROOT, Machine, connect, eventually, machines

HERE = ROOT / "scripts" / "tests" / "firewall"
PYTHON = sys.executable

HOST = {"ip": "203.0.113.1", "ip6": "2001:db8:1::1"}
CLIENT = {"ip": "203.0.113.2", "ip6": "2001:db8:1::2"}
NEIGHBOUR = {"ip": "203.0.113.3", "ip6": "2001:db8:1::3"}  # of the client, in the same /64
STRANGER = {"ip": "203.0.113.130", "ip6": "2001:db8:1:1::2"}
FAMILIES = ("ip", "ip6")

# What a host of a shop has open by accident: databases, caches, engines, monitoring, development.
HOST_TCP = (
    21,
    22,
    25,
    111,
    2222,
    2375,
    2376,
    3000,
    3306,
    6379,
    8000,
    8081,
    9090,
    9100,
    11211,
    65535,
)
HOST_UDP = (53, 123, 161, 443, 11211)
INSIDE_TCP, INSIDE_UDP = (8080, 8443, 5432, 6379), (5353,)


@dataclass(frozen=True)
class World:
    """A host and those outside."""

    host: Machine
    client: Machine
    stranger: Machine

    def firewall(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `deploy.sh firewall` on the host, at its console."""
        return self.host.run("scripts/deploy.sh", "firewall", *arguments, check=check)

    def stand(self) -> None:
        """Put the firewall up and confirm it."""
        self.firewall("apply")
        self.firewall("confirm")


@dataclass(frozen=True)
class Shop(World):
    """A world whose host serves a container."""

    container: Machine


@contextmanager
def outside() -> Iterator[World]:
    """Build a bare host with its way to the world, and two who can reach it."""
    with machines("host", "client", "stranger") as (host, client, stranger):
        connect(host, "up0", client, "eth0")
        address(host, "up0", "203.0.113.1/25", "2001:db8:1::1/64")
        address(client, "eth0", "203.0.113.2/25", "2001:db8:1::2/64")
        address(client, "eth0", "203.0.113.3/25", "2001:db8:1::3/64")
        connect(host, "up1", stranger, "eth0")
        address(host, "up1", "203.0.113.129/25", "2001:db8:1:1::1/64")
        address(stranger, "eth0", "203.0.113.130/25", "2001:db8:1:1::2/64")
        _default_route(host, CLIENT["ip"], CLIENT["ip6"])
        _default_route(client, HOST["ip"], HOST["ip6"])
        _default_route(stranger, "203.0.113.129", "2001:db8:1:1::1")
        for family in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
            host.run("sh", "-c", f"echo 1 >/proc/sys/net/{family}")
        listen(client, (7000,), ())
        host.write(".env.prod", "FIREWALL_SSH_PORTS=22\n")
        yield World(host, client, stranger)


@contextmanager
def world(way: str = "iptables-nft") -> Iterator[Shop]:
    """Build a shop that is served, with much that should not be; `way` is how it is published."""
    with outside() as bare, machines("container") as (container,):
        _attach(bare.host, container)
        docker_rules.publish(bare.host, way)
        listen(bare.host, HOST_TCP, HOST_UDP)
        listen(container, INSIDE_TCP, INSIDE_UDP)
        for family in FAMILIES:
            eventually(partial(_is_served, bare.client, HOST[family]))
        yield Shop(bare.host, bare.client, bare.stranger, container)


def address(machine: Machine, end: str, *addresses: str) -> None:
    """Give an end its addresses, usable at once."""
    for given in addresses:
        machine.ip("addr", "add", given, "dev", end, *(["nodad"] if ":" in given else []))


def listen(machine: Machine, tcp: tuple[int, ...], udp: tuple[int, ...]) -> None:
    """Let a machine answer on ports, and wait until it does."""
    ports = [",".join(str(port) for port in group) for group in (tcp, udp)]
    process = machine.start(PYTHON, str(HERE / "listen.py"), *ports)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"


def open_ports(
    machine: Machine, to: str, ports: tuple[int, ...], *, protocol: str = "tcp", source: str = ""
) -> set[int]:
    """Return which of these ports answer to this machine."""
    wanted = ",".join(str(port) for port in ports)
    command = [PYTHON, str(HERE / "probe.py"), protocol, to, wanted, *([source] if source else [])]
    return set(json.loads(machine.run(*command).stdout))


def scan(machine: Machine, to: str) -> set[int]:
    """Return which of all 65,535 TCP ports answer to this machine."""
    family = ["-6"] if ":" in to else []
    found = machine.run(
        "nmap", *family, "-n", "-Pn", "-sS", "-p-", "-T4", "--max-retries", "3",
        "--min-rate", "10000", "-oG", "-", to, timeout=300,
    )  # fmt: skip
    (line,) = (line for line in found.stdout.splitlines() if "Ports:" in line)
    listed = line.partition("Ports:")[2].partition("\t")[0].split(",")
    fields = [entry.strip().split("/") for entry in listed]
    return {int(field[0]) for field in fields if field[1] == "open"}


def _default_route(machine: Machine, v4: str, v6: str) -> None:
    machine.ip("route", "add", "default", "via", v4)
    machine.ip("-6", "route", "add", "default", "via", v6)


def _is_served(client: Machine, to: str) -> bool:
    return open_ports(client, to, (5432,)) == {5432}


def _attach(host: Machine, container: Machine) -> None:
    host.ip("link", "add", docker_rules.BRIDGE, "type", "bridge")
    host.ip("link", "set", docker_rules.BRIDGE, "up")
    connect(host, "veth-shop", container, "eth0")
    host.ip("link", "set", "veth-shop", "master", docker_rules.BRIDGE)
    address(host, docker_rules.BRIDGE, "172.30.0.1/24", "fd00:30::1/64")
    address(container, "eth0", "172.30.0.2/24", "fd00:30::2/64")
    _default_route(container, "172.30.0.1", "fd00:30::1")
