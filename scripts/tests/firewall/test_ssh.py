"""The operator's own way in: a real sshd, and what must never happen to it."""

import subprocess
from dataclasses import dataclass

import pytest

from scripts.tests.firewall.machines import ROOT, Machine, eventually
from scripts.tests.firewall.world import (
    CLIENT,
    FAMILIES,
    HOST,
    NEIGHBOUR,
    STRANGER,
    World,
    open_ports,
)

PORT = 2022
PATIENCE_SECONDS = 120  # of a machine that has other things to do
BURST = 20


@dataclass(frozen=True)
class Office:
    """The operator's machine, and the host with sshd on a port of its own."""

    shop: World
    operator: Machine

    def ssh(self, *command: str, to: str = HOST["ip"]) -> list[str]:
        """Return the command that runs a command on the host over SSH."""
        careful = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
        quick = [
            "-o",
            "ConnectTimeout=3",
            "-o",
            "LogLevel=ERROR",
            "-i",
            "/run/key",
            "-p",
            str(PORT),
        ]
        return ["ssh", *careful, *quick, f"root@{to}", *command]

    def run(self, *command: str, to: str = HOST["ip"]) -> subprocess.CompletedProcess[str]:
        """Run a command on the host over a new SSH connection."""
        return self.operator.run(*self.ssh(*command, to=to), check=False)

    def firewall(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `deploy.sh firewall` on the host over a new SSH connection."""
        return self.run(f"cd {ROOT} && scripts/deploy.sh firewall {' '.join(arguments)}")


@pytest.fixture
def office(shop: World) -> Office:
    shop.host.write(".env.prod", "")
    shop.client.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/run/key")
    public = shop.client.read("/run/key.pub")
    shop.host.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/run/host_key")
    shop.host.write("/run/authorized", public)
    settings = f"Port {PORT}\nHostKey /run/host_key\nAuthorizedKeysFile /run/authorized\n"
    settings += "PermitRootLogin yes\nStrictModes no\nUsePAM no\nMaxStartups 100\n"
    shop.host.write("/etc/ssh/sshd_config", settings)
    shop.host.start("/usr/sbin/sshd", "-D", "-e")
    made = Office(shop, shop.client)
    eventually(lambda: made.run("true").returncode == 0)
    return made


def test_ssh_is_kept_where_it_really_listens(office: Office) -> None:
    """Also over IPv6; port 22, where no sshd listens, is closed."""
    assert office.firewall("apply").returncode == 0
    assert office.firewall("confirm").returncode == 0

    for family in FAMILIES:
        assert office.run("true", to=HOST[family]).returncode == 0
        assert open_ports(office.operator, HOST[family], (22, PORT)) == {PORT}


@pytest.mark.parametrize(
    "setting", [f"FIREWALL_SSH_FROM={STRANGER['ip']}", "FIREWALL_SSH_FROM=::1"]
)
def test_rules_that_would_lock_the_operator_out_are_refused(office: Office, setting: str) -> None:
    office.shop.host.write(".env.prod", f"{setting}\n")
    tables = office.shop.host.run("nft", "list", "tables").stdout

    refused = office.firewall("apply")

    assert refused.returncode == 3
    assert f"you came from {CLIENT['ip']} to port {PORT}" in refused.stderr
    assert office.shop.host.run("nft", "list", "tables").stdout == tables


def test_ssh_can_be_kept_for_the_operator_alone(office: Office) -> None:
    office.shop.host.write(".env.prod", f"FIREWALL_SSH_FROM={CLIENT['ip']}\n")

    assert office.firewall("apply").returncode == 0

    assert office.run("true").returncode == 0
    assert open_ports(office.shop.stranger, HOST["ip"], (80, PORT)) == {80}
    assert open_ports(office.operator, HOST["ip6"], (80, PORT)) == {80}


def test_the_session_that_applied_rules_does_not_prove_that_one_can_come_back(
    office: Office,
) -> None:
    both = f"cd {ROOT} && scripts/deploy.sh firewall apply && scripts/deploy.sh firewall confirm"

    refused = office.run(both)

    assert refused.returncode == 3
    assert "confirm from a new connection" in refused.stderr
    assert office.firewall("confirm").returncode == 0


def has_rules(host: Machine) -> bool:
    return "nexus" in host.run("nft", "list", "tables").stdout


def test_the_way_back_is_taken_although_the_session_died(office: Office) -> None:
    """The operator's line breaks just after the rules were applied."""
    command = f"cd {ROOT} && scripts/deploy.sh firewall apply --seconds 8 && sleep 60"
    session = office.operator.start(*office.ssh("-tt", command))
    eventually(lambda: has_rules(office.shop.host), seconds=PATIENCE_SECONDS)

    office.operator.run("pkill", "--exact", "ssh")
    session.wait(timeout=PATIENCE_SECONDS)
    # Not for the end of `sleep`: nobody reaps what the session left, so it stays in the list.
    eventually(lambda: not has_rules(office.shop.host), seconds=PATIENCE_SECONDS)

    assert open_ports(office.operator, HOST["ip"], (22,)) == {22}


def test_sessions_that_are_open_stay_open(office: Office) -> None:
    """Even when nothing had followed connections before the rules came."""
    for way in ("iptables", "ip6tables"):
        office.shop.host.run(way, "-t", "nat", "--flush")
        office.shop.host.run(way, "-t", "filter", "--flush")
    session = office.operator.start(*office.ssh("cat"))
    assert session.stdin
    assert session.stdout
    session.stdin.write(b"one\n")
    session.stdin.flush()
    assert session.stdout.readline() == b"one\n"

    office.shop.stand()

    session.stdin.write(b"two\n")
    session.stdin.flush()
    assert session.stdout.readline() == b"two\n"


@pytest.mark.parametrize("family", FAMILIES)
def test_ssh_takes_twenty_knocks_at_once_from_a_network_and_no_more(
    shop: World, family: str
) -> None:
    """IPv4 counts by address, IPv6 by the network of a customer; others are not held up."""
    knock = f"for i in $(seq 60); do (exec 3<>/dev/tcp/{HOST[family]}/22) && echo in; done; wait"
    assert shop.client.run("bash", "-c", knock).stdout.count("in") == 60

    shop.stand()

    patient = f"for i in $(seq 60); do timeout 0.05 bash -c 'exec 3<>/dev/tcp/{HOST[family]}/22'"
    let_in = shop.client.run("bash", "-c", f"{patient} && echo in; done; true").stdout.count("in")
    assert BURST <= let_in <= BURST + 2  # one more every six seconds

    neighbour = open_ports(shop.client, HOST[family], (22, 80), source=NEIGHBOUR[family])
    assert neighbour == ({22, 80} if family == "ip" else {80})
    assert open_ports(shop.stranger, HOST[family], (22, 80)) == {22, 80}
