"""Who fails to sign in too often is shut out of the host and the containers, in both families."""

import json
import time
from collections.abc import Iterator

import pytest

from scripts.tests.firewall.machines import eventually
from scripts.tests.firewall.world import (
    CLIENT,
    FAMILIES,
    HOST,
    NEIGHBOUR,
    STRANGER,
    World,
    open_ports,
)

LOG = "/var/lib/docker/containers/{0}/{0}-json.log"
MEANT = {22, 80, 443}
PORTS = tuple(sorted(MEANT))


def failed_sign_in(address: str) -> str:
    """A line as nginx writes it and Docker stores it."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    told = {"time": f"{moment}+00:00", "client": address, "method": "POST", "host": "shop.example"}
    told |= {"path": "/api/v1/auth/login/"}
    line = json.dumps(told, separators=(",", ":"))[:-1] + ',"status":401,"bytes":90}\n'
    stored = {"log": line, "stream": "stdout", "time": f"{moment}.123456789Z"}
    return json.dumps(stored, separators=(",", ":")) + "\n"


def fail(shop: World, address: str, *, times: int, container: str = "nginx1") -> None:
    shop.host.run(
        "sh", "-c", f"cat >>{LOG.format(container)}", stdin=failed_sign_in(address) * times
    )


def banned(shop: World, jail: str = "nexus-shop") -> set[str]:
    told = shop.host.run("fail2ban-client", "get", jail, "banip", check=False).stdout
    return set(told.split())


@pytest.fixture
def guarded(shop: World) -> Iterator[World]:
    """The shop behind its firewall, with fail2ban reading the log of a container."""
    shop.host.write(LOG.format("nginx1"), "")
    shop.host.write("/var/log/auth.log", "")
    # No journal is kept on this machine; Debian's own default is the file.
    local = "[sshd]\nbackend = polling\nlogpath = /var/log/auth.log\n"
    shop.host.write("/etc/fail2ban/jail.d/nexus.local", local)
    shop.stand()
    assert shop.firewall("bans", check=False).returncode == 6, "fail2ban does not run yet"
    shop.host.run("fail2ban-server", "start")
    yield shop
    shop.host.run("fail2ban-client", "stop")


def test_sixty_failures_shut_an_address_out_of_host_and_containers(guarded: World) -> None:
    fail(guarded, CLIENT["ip"], times=59)
    fail(guarded, STRANGER["ip"], times=60)
    eventually(lambda: banned(guarded) == {STRANGER["ip"]})

    assert open_ports(guarded.stranger, HOST["ip"], PORTS) == set()
    assert open_ports(guarded.client, HOST["ip"], PORTS) == MEANT
    assert open_ports(guarded.stranger, HOST["ip6"], PORTS) == MEANT

    fail(guarded, CLIENT["ip"], times=1)
    eventually(lambda: banned(guarded) == {STRANGER["ip"], CLIENT["ip"]})
    assert open_ports(guarded.client, HOST["ip"], PORTS) == set()


def test_an_ipv6_ban_is_for_the_network_of_a_customer(guarded: World) -> None:
    fail(guarded, CLIENT["ip6"], times=60)
    eventually(lambda: banned(guarded) == {CLIENT["ip6"]})

    for address in (CLIENT["ip6"], NEIGHBOUR["ip6"]):
        assert open_ports(guarded.client, HOST["ip6"], PORTS, source=address) == set()
    assert open_ports(guarded.stranger, HOST["ip6"], PORTS) == MEANT
    assert open_ports(guarded.client, HOST["ip"], PORTS) == MEANT

    guarded.host.run("fail2ban-client", "set", "nexus-shop", "unbanip", CLIENT["ip6"])
    assert open_ports(guarded.client, HOST["ip6"], PORTS) == MEANT


def test_a_ban_ends_connections_that_are_open(guarded: World) -> None:
    talk = (
        f"exec 3<>/dev/tcp/{HOST['ip']}/80; while read -r line; do echo $line >&3;"
        " read -r -t 2 heard <&3 && echo $heard || echo silence; done"
    )
    process = guarded.client.start("bash", "-c", talk)
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"one\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"one\n"

    fail(guarded, CLIENT["ip"], times=60)
    eventually(lambda: banned(guarded) == {CLIENT["ip"]})

    process.stdin.write(b"two\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"silence\n"


def test_bans_survive_a_change_of_the_rules_and_go_with_fail2ban(guarded: World) -> None:
    fail(guarded, CLIENT["ip"], times=60)
    eventually(lambda: banned(guarded) == {CLIENT["ip"]})

    guarded.stand()
    assert open_ports(guarded.client, HOST["ip"], PORTS) == set()

    guarded.host.run("fail2ban-client", "stop", "nexus-shop")
    assert open_ports(guarded.client, HOST["ip"], PORTS) == MEANT


def test_a_new_container_is_watched_after_the_reload_that_its_folder_causes(
    guarded: World,
) -> None:
    fail(guarded, STRANGER["ip"], times=60)
    eventually(lambda: banned(guarded) == {STRANGER["ip"]})
    guarded.host.write(LOG.format("nginx2"), "")

    unit = guarded.host.read("/etc/systemd/system/nexus-bans.service")
    (start,) = (line for line in unit.splitlines() if line.startswith("ExecStart="))
    guarded.host.run(*start.removeprefix("ExecStart=").split())
    fail(guarded, CLIENT["ip"], times=60, container="nginx2")

    eventually(lambda: banned(guarded) == {STRANGER["ip"], CLIENT["ip"]})
    assert open_ports(guarded.stranger, HOST["ip"], PORTS) == set()


def test_docker_and_private_networks_are_never_banned(guarded: World) -> None:
    for address in ("172.17.0.1", "10.1.2.3", "192.168.1.1", "fd00:30::1", "127.0.0.1"):
        fail(guarded, address, times=60)
    fail(guarded, STRANGER["ip"], times=60)

    eventually(lambda: STRANGER["ip"] in banned(guarded))
    assert banned(guarded) == {STRANGER["ip"]}


@pytest.mark.parametrize("family", FAMILIES)
def test_who_guesses_ssh_passwords_is_shut_out(guarded: World, family: str) -> None:
    moment = time.strftime("%b %e %H:%M:%S")
    guesses = "".join(
        f"{moment} host sshd[{number}]: Failed password for root from {STRANGER[family]}"
        f" port {50000 + number} ssh2\n"
        for number in range(5)
    )
    guarded.host.run("sh", "-c", "cat >>/var/log/auth.log", stdin=guesses)

    eventually(lambda: STRANGER[family] in banned(guarded, "sshd"))
    assert open_ports(guarded.stranger, HOST[family], PORTS) == set()


def test_the_filter_finds_what_it_should_in_the_eyes_of_fail2ban(shop: World) -> None:
    shop.host.write("/run/log", failed_sign_in("203.0.113.9") * 3 + "nothing of the kind\n")

    told = shop.host.run(
        "fail2ban-regex", "/run/log", "scripts/stack/host/fail2ban/filter.d/nexus-shop.conf"
    ).stdout

    assert "Lines: 4 lines, 0 ignored, 3 matched, 1 missed" in told


def test_fail2ban_keeps_its_configuration_when_it_refuses_ours(guarded: World) -> None:
    assert guarded.firewall("bans").returncode == 0
    jails = guarded.host.read("/etc/fail2ban/jail.d/nexus.conf")
    source = "scripts/stack/host/fail2ban/jail.d/nexus.conf"
    guarded.host.run("sed", "-i", "s/^filter = .*/filter = missing/", source)

    refused = guarded.firewall("bans", check=False)

    assert refused.returncode == 1
    assert guarded.host.read("/etc/fail2ban/jail.d/nexus.conf") == jails
