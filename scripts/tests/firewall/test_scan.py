"""What strangers see of a host, and that they saw more before."""

import pytest

from scripts.tests.firewall import docker_rules
from scripts.tests.firewall.docker_rules import CONTAINER, PUBLISHED, WAYS
from scripts.tests.firewall.world import (
    CLIENT,
    FAMILIES,
    HOST,
    HOST_TCP,
    HOST_UDP,
    INSIDE_TCP,
    Shop,
    open_ports,
    scan,
    world,
)

TCP = {*HOST_TCP, *(port for port, (protocol, _) in PUBLISHED.items() if protocol == "tcp")}
UDP = (*HOST_UDP, 5353)
MEANT = {22, 80, 443}


def test_of_all_ports_a_stranger_sees_ssh_http_and_https(shop: Shop) -> None:
    for family in FAMILIES:
        assert scan(shop.client, HOST[family]) == TCP, "the scan finds what is open"

    shop.stand()

    for family in FAMILIES:
        assert scan(shop.client, HOST[family]) == MEANT


@pytest.mark.parametrize("way", WAYS)
def test_ports_of_containers_are_closed_however_docker_publishes_them(way: str) -> None:
    ports = tuple(sorted(TCP))
    with world(way) as shop:
        for family in FAMILIES:
            assert open_ports(shop.client, HOST[family], ports) == TCP

        shop.stand()

        for family in FAMILIES:
            assert open_ports(shop.client, HOST[family], ports) == MEANT
            assert open_ports(shop.stranger, HOST[family], ports) == MEANT


@pytest.mark.parametrize("way", WAYS)
def test_rules_that_docker_makes_anew_open_nothing(way: str) -> None:
    with world(way) as shop:
        shop.stand()
        docker_rules.withdraw(shop.host, way)
        docker_rules.publish(shop.host, way)

        for family in FAMILIES:
            assert open_ports(shop.client, HOST[family], tuple(sorted(TCP))) == MEANT
        shop.firewall("revert", "--all")
        for family in FAMILIES:
            assert open_ports(shop.client, HOST[family], tuple(sorted(TCP))) == TCP


def test_no_datagram_gets_in(shop: Shop) -> None:
    for family in FAMILIES:
        assert open_ports(shop.client, HOST[family], UDP, protocol="udp") == set(UDP)

    shop.stand()

    for family in FAMILIES:
        assert open_ports(shop.client, HOST[family], UDP, protocol="udp") == set()


def test_http3_is_let_in_when_it_is_asked_for(shop: Shop) -> None:
    shop.host.write(".env.prod", "FIREWALL_SSH_PORTS=22\nFIREWALL_HTTP3=1\n")

    shop.stand()

    for family in FAMILIES:
        assert open_ports(shop.client, HOST[family], UDP, protocol="udp") == {443}


def test_a_container_cannot_be_reached_past_its_published_ports(shop: Shop) -> None:
    """A neighbour may send packets for the container's own address to the host."""
    for family in FAMILIES:
        reached = open_ports(shop.client, CONTAINER[family], INSIDE_TCP)
        assert reached == {8080, 8443, 5432}

    shop.stand()

    for family in FAMILIES:
        assert open_ports(shop.client, CONTAINER[family], INSIDE_TCP) == set()


def test_containers_and_the_host_reach_the_world(shop: Shop) -> None:
    shop.stand()

    for family in FAMILIES:
        assert open_ports(shop.container, CLIENT[family], (7000,)) == {7000}
        assert open_ports(shop.host, CLIENT[family], (7000,)) == {7000}


def test_a_container_reaches_no_port_of_the_host_that_a_stranger_does_not(shop: Shop) -> None:
    gateway = {"ip": "172.30.0.1", "ip6": "fd00:30::1"}
    for family in FAMILIES:
        assert open_ports(shop.container, gateway[family], HOST_TCP) == set(HOST_TCP)

    shop.stand()

    for family in FAMILIES:
        assert open_ports(shop.container, gateway[family], HOST_TCP) == {22}


def test_a_trusted_interface_reaches_everything(shop: Shop) -> None:
    shop.host.write(".env.prod", "FIREWALL_SSH_PORTS=22\nFIREWALL_TRUSTED_INTERFACES=up1\n")

    shop.stand()

    ports = tuple(sorted(TCP))
    for family in FAMILIES:
        assert open_ports(shop.stranger, HOST[family], ports) == TCP
        assert open_ports(shop.client, HOST[family], ports) == MEANT


def test_neighbours_are_found_and_pings_answered(shop: Shop) -> None:
    shop.stand()
    for family, flag in (("ip", "-4"), ("ip6", "-6")):
        shop.client.ip(flag, "neigh", "flush", "all")
        # The answer to ARP or neighbour discovery alone would pass for one to the ping.
        ping = ["nmap", *([flag] if flag == "-6" else []), "-n", "-sn", "-PE", "--disable-arp-ping"]
        assert "(1 host up)" in shop.client.run(*ping, HOST[family]).stdout
