"""The same with a Docker engine, which runs on the host made for the test and knows no other."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.tests.firewall.machines import Machine, eventually
from scripts.tests.firewall.world import CLIENT, FAMILIES, HOST, World, open_ports, outside

DOCKERD = Path(os.environ["DOCKERD"])
GROUP = "nexus-firewall-test"
MEANT = {80, 443}
# By the port that is published: the network. "bridge" has IPv4 alone; for IPv6 Docker starts a
# program on the host there, which is another way in.
CONTAINERS = {80: "shop", 443: "shop", 5432: "shop", 6379: "bridge", 9000: "shop"}
PORTS = tuple(CONTAINERS)


def start_engine(host: Machine) -> None:
    programs = f"PATH={DOCKERD.parent}:{os.environ['PATH']}"
    options = f"--ip6tables --experimental --cgroup-parent {GROUP}"
    command = f"exec env {programs} {DOCKERD} {options} >>/run/dockerd.log 2>&1"
    host.start("sh", "-c", command)
    eventually(lambda: host.run("docker", "version", check=False).returncode == 0, seconds=60)


def stop_engine(host: Machine) -> None:
    host.run("sh", "-c", "kill $(cat /run/docker.pid)")
    eventually(lambda: host.run("test", "-e", "/run/docker.pid", check=False).returncode != 0)


def run_containers(host: Machine) -> None:
    image = "mkdir -p /run/image/bin && cp $(command -v busybox) /run/image/bin/"
    host.run("sh", "-c", f"{image} && tar -C /run/image -c . | docker import - served")
    host.run("docker", "network", "create", "--ipv6", "--subnet", "fd00:40::/64", "shop")
    for port, network in CONTAINERS.items():
        host.run(
            *("docker", "run", "--detach", "--restart", "unless-stopped", "--network", network),
            *("--name", f"published-{port}", "--publish", f"{port}:8080"),
            *("served", "/bin/busybox", "httpd", "-f", "-p", "8080"),
        )


def seen(shop: World) -> list[set[int]]:
    return [open_ports(shop.client, HOST[family], PORTS) for family in FAMILIES]


@pytest.fixture
def engine() -> Iterator[World]:
    with outside() as shop:
        start_engine(shop.host)
        run_containers(shop.host)
        eventually(lambda: seen(shop) == [set(PORTS)] * 2, seconds=60)
        yield shop
        stop_engine(shop.host)
        # The kernel's groups of processes are not part of a machine.
        empty = f"find /sys/fs/cgroup -depth -type d -path '*/{GROUP}*' -exec rmdir {{}} +"
        shop.host.run("sh", "-c", empty)


def test_a_port_published_by_mistake_is_closed_and_stays_so_over_a_restart(engine: World) -> None:
    engine.stand()
    assert seen(engine) == [MEANT] * 2

    stop_engine(engine.host)
    assert seen(engine) == [set()] * 2
    start_engine(engine.host)
    eventually(lambda: seen(engine) == [MEANT] * 2, seconds=60)

    assert engine.firewall("status").returncode == 0
    engine.firewall("revert", "--all")
    assert seen(engine) == [set(PORTS)] * 2


def test_a_container_that_starts_later_is_closed_too(engine: World) -> None:
    engine.stand()

    engine.host.run(
        *("docker", "run", "--detach", "--network", "shop", "--publish", "8000:8080"),
        *("served", "/bin/busybox", "httpd", "-f", "-p", "8080"),
    )

    eventually(lambda: open_ports(engine.host, "127.0.0.1", (8000,)) == {8000})
    for family in FAMILIES:
        assert open_ports(engine.client, HOST[family], (8000, *PORTS)) == MEANT


def test_containers_reach_the_world_and_each_other(engine: World) -> None:
    engine.stand()

    def reaches(address: str, port: int) -> bool:
        name = "published-80"
        knock = ("/bin/busybox", "nc", "-w", "3", address, str(port))
        return engine.host.run("docker", "exec", name, *knock, check=False).returncode == 0

    for family in FAMILIES:
        assert reaches(CLIENT[family], 7000)
    assert reaches("published-5432", 8080), "by name, within their network"
    assert not reaches("published-6379", 8080), "Docker's own rules still hold"
