"""Where SSH really listens, and which SSH session this is run from."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scripts.deploy.firewall import sockets

SYSTEMD_RUNS = Path("/run/systemd/system")


@dataclass(frozen=True)
class Session:
    """The SSH connection of the operator: both ends of it."""

    address: str
    peer_port: int
    port: int

    def __str__(self) -> str:
        return f"{self.address} port {self.peer_port}"


def ports() -> set[int]:
    """Return the ports SSH listens on, and those it is configured to listen on once restarted."""
    return sockets.ports_of("sshd") | _of_systemd() | _configured()


def ports_of_sockets(shown: str) -> set[int]:
    """Return the ports of active sockets out of what `systemctl show` says of them.

    Ubuntu lets systemd listen and starts sshd when somebody comes.
    """
    active = [unit for unit in shown.split("\n\n") if "ActiveState=active" in unit]
    return {int(port) for unit in active for port in re.findall(r"Listen=\S*?(\d+) \(Stream", unit)}


def session() -> Session | None:
    """Return the SSH session this is run from, None on a console.

    sudo leaves its variable out, so the parents are asked too.
    """
    said = os.environ.get("SSH_CONNECTION")
    process = os.getppid()
    while not said and process > 1:
        said = _variable(process, "SSH_CONNECTION")
        process = _parent(process)
    match (said or "").split():
        case [address, peer_port, _, port]:
            return Session(address=address, peer_port=int(peer_port), port=int(port))
        case _:
            return None


def interface_to(address: str) -> str | None:
    """Return the interface that leads to an address, None if no way is known."""
    route = _output("ip", "route", "get", address.partition("%")[0])
    found = re.search(r"\bdev (\S+)", route)
    return found[1] if found else None


def uplinks() -> set[str]:
    """Return the interfaces of the default routes, both families."""
    routes = _output("ip", "-4", "route", "show", "default") + _output(
        "ip", "-6", "route", "show", "default"
    )
    return set(re.findall(r"\bdev (\S+)", routes))


def _of_systemd() -> set[int]:
    if not SYSTEMD_RUNS.exists():
        return set()
    asked = "--property=ActiveState,Listen"
    return ports_of_sockets(_output("systemctl", "show", asked, "ssh.socket", "sshd.socket"))


def _configured() -> set[int]:
    return {int(port) for port in re.findall(r"(?m)^port (\d+)$", _output("sshd", "-T"))}


def _variable(process: int, name: str) -> str | None:
    try:
        content = Path(f"/proc/{process}/environ").read_bytes()
    except OSError:
        return None
    prefix = f"{name}=".encode()
    values = [
        entry.removeprefix(prefix) for entry in content.split(b"\0") if entry.startswith(prefix)
    ]
    return values[0].decode(errors="replace") if values else None


def _parent(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except OSError:
        return 0
    # The name stands in parentheses and may hold anything, also a parenthesis.
    return int(status.rpartition(")")[2].split()[1])


def _output(*command: str) -> str:
    """What a command says; nothing if it is missing or fails."""
    environment = os.environ | {"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}
    try:
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout if ended.returncode == 0 else ""
