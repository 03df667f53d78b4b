import os
import socket
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest

from scripts.deploy.firewall import sockets, ssh, wanted
from scripts.deploy.firewall.rules import ANYWHERE, Rules
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site

LISTEN = """
import socket, sys
waiting = socket.create_server(("0.0.0.0", 0))
near = socket.create_server(("127.0.0.1", 0))
print(waiting.getsockname()[1], near.getsockname()[1], flush=True)
sys.stdin.read()
"""


def given(tmp_path: Path, *lines: str) -> Site:
    (tmp_path / ".env.prod").write_text("".join(f"{line}\n" for line in lines))
    return Site(tmp_path)


def test_the_ports_of_ssh_come_from_the_settings_and_from_what_listens(tmp_path: Path) -> None:
    """A process that is called sshd listens, as far as the kernel knows."""
    sshd = tmp_path / "sshd"
    sshd.symlink_to(sys.executable)
    with subprocess.Popen(
        [sshd, "-c", LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        public, near = (int(port) for port in process.stdout.readline().split())

        assert sockets.ports_of("sshd") >= {public}
        assert near not in sockets.ports_of("sshd")
        rules = wanted.of(given(tmp_path, "FIREWALL_SSH_PORTS=2222"))
        assert rules.ssh_ports >= {public, 2222}

        process.communicate()


def test_listeners_are_found_in_both_families() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as v4,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as v6,
    ):
        found = {(str(listener.address), listener.port) for listener in sockets.listeners()}

        assert found >= {v4.getsockname()[:2], v6.getsockname()[:2]}


def test_the_ports_of_ssh_may_be_held_by_systemd() -> None:
    """As Ubuntu 24.04 shows it, with a socket that was switched off after it."""
    shown = (
        "Listen=0.0.0.0:2222 (Stream)\nListen=[::]:2222 (Stream)\nListen=22 (Stream)\n"
        "ActiveState=active\n\nListen=[::]:2022 (Stream)\nActiveState=inactive\n"
    )

    assert ssh.ports_of_sockets(shown) == {22, 2222}


def test_a_host_without_ssh_is_refused_rather_than_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "ports", set)

    with pytest.raises(Stop, match="no SSH server is found") as refusal:
        wanted.of(given(tmp_path))

    assert refusal.value.code == Code.REFUSED


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], {80, 443}),
        (["BIND_HTTP=80", "BIND_HTTPS=443"], {80, 443}),
        (["BIND_HTTP=8080", "BIND_HTTPS=0.0.0.0:8443"], {8080, 8443}),
        (["BIND_HTTP=[::]:80", "BIND_HTTPS=203.0.113.1:443"], {80, 443}),
        (["BIND_HTTP=127.0.0.1:8080", "BIND_HTTPS=[::1]:8443"], {80, 443}),
    ],
)
def test_the_web_ports_are_those_that_nginx_publishes(
    tmp_path: Path, lines: list[str], expected: set[int]
) -> None:
    assert wanted.of(given(tmp_path, "FIREWALL_SSH_PORTS=22", *lines)).web_tcp == expected


def test_ssh_can_be_kept_for_some_networks(tmp_path: Path) -> None:
    allowed = "FIREWALL_SSH_FROM=203.0.113.7 198.51.100.0/24 198.51.100.128/25 2001:db8::/48"

    rules = wanted.of(given(tmp_path, "FIREWALL_SSH_PORTS=22", allowed))

    assert rules.ssh_from == (
        ip_network("198.51.100.0/24"),
        ip_network("203.0.113.7/32"),
        ip_network("2001:db8::/48"),
    )


def test_what_is_not_set_is_open_to_anywhere_and_trusts_nobody(tmp_path: Path) -> None:
    rules = wanted.of(given(tmp_path, "FIREWALL_SSH_PORTS=22"))

    assert (rules.ssh_from, rules.trusted, rules.web_udp) == (ANYWHERE, frozenset(), frozenset())


@pytest.mark.parametrize(
    "line",
    [
        "FIREWALL_SSH_PORTS=ssh",
        "FIREWALL_SSH_PORTS=0",
        "FIREWALL_SSH_PORTS=65536",
        "FIREWALL_SSH_PORTS=²",
        "FIREWALL_SSH_FROM=203.0.113.7/24",
        "FIREWALL_SSH_FROM=office.example",
        'FIREWALL_TRUSTED_INTERFACES=eth0"',
        "FIREWALL_TRUSTED_INTERFACES=a-name-too-long-for-linux",
        "BIND_HTTPS=somewhere:443",
        "BIND_HTTPS=https",
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env.prod").write_text(f"{line}\n")
    site = Site(tmp_path)
    site.settings = {line.partition("=")[0]: line.partition("=")[2]}

    with pytest.raises(Stop) as refusal:
        wanted.of(site)

    assert refusal.value.code == Code.REFUSED


def test_rules_that_would_drop_the_operator_are_refused() -> None:
    rules = Rules(ssh_ports=frozenset({22}), ssh_from=(ip_network("203.0.113.0/24"),))
    here = ssh.Session(address="203.0.113.7", peer_port=50000, port=22)
    elsewhere = ssh.Session(address="198.51.100.7", peer_port=50000, port=22)
    other_port = ssh.Session(address="203.0.113.7", peer_port=50000, port=2222)

    wanted.refuse_lock_out(rules, here)
    wanted.refuse_lock_out(rules, None)
    for session in (elsewhere, other_port):
        with pytest.raises(Stop) as refusal:
            wanted.refuse_lock_out(rules, session)
        assert refusal.value.code == Code.REFUSED


def test_the_session_is_found_where_sudo_hides_it() -> None:
    """Only a parent still has the variable."""
    find = "from scripts.deploy.firewall import ssh; print(ssh.session())"
    hidden = ["env", "--unset=SSH_CONNECTION", sys.executable, "-c", find]
    environment = os.environ | {"SSH_CONNECTION": "2001:db8::7 50000 2001:db8::1 22"}

    told = subprocess.run(
        # The shell is the parent; `; true` keeps it from becoming the command itself.
        ["sh", "-c", f"{subprocess.list2cmdline(hidden)}; true"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "2001:db8::7 port 50000\n"
