"""What holds: whether the confirmed rules are in force, and what they keep from outside."""

from typing import Any

from scripts.deploy import host_units, terminal
from scripts.deploy.firewall import arming, nft, sockets, ssh
from scripts.deploy.firewall.rules import Rules
from scripts.deploy.outcome import Code

Finding = tuple[Code, str]


def tell() -> int:
    """Print what holds and return the worst code of it. Raises Stop when nft cannot be asked."""
    found = findings()
    marks = {Code.DONE: "✓", Code.AMBER: "!", Code.RED: "✗"}
    for code, line in found:
        terminal.say(f"{marks[code]} {line}")
    terminal.result({"findings": [{"code": int(code), "what": line} for code, line in found]})
    return max(code for code, _ in found)


def findings() -> list[Finding]:
    """Return what is to be said about the firewall. Raises Stop, as `tell` does."""
    held = nft.held()
    if held is None:
        return [(Code.RED, "no rules are in force: every port is open to whoever reaches the host")]
    return [_kept(held), _after_reboot(), *_trial(), _ssh(held), *_closed(held)]


def closed_by(rules: Rules) -> list[sockets.Listener]:
    """Return the listening sockets that outsiders would no longer reach.

    A port that Docker publishes is among them: its proxy listens on the host.
    """
    open_ports = rules.ssh_ports | rules.web_tcp
    return [s for s in sockets.listeners() if s.is_public and s.port not in open_ports]


def _kept(held: list[Any]) -> Finding:
    confirmed = arming.confirmed()
    if confirmed is None:
        return Code.AMBER, "the rules in force were never confirmed"
    if nft.would_hold(confirmed) != held:
        return Code.AMBER, f"the rules in force are not those in {arming.CONFIRMED}"
    return Code.DONE, "the confirmed rules are in force"


def _after_reboot() -> Finding:
    (unit,) = host_units.FIREWALL
    if host_units.is_enabled(unit):
        return Code.DONE, "they are loaded at boot"
    return Code.AMBER, f"they are lost at the next boot: {unit} is not enabled"


def _trial() -> list[Finding]:
    running = arming.trial()
    if running is None:
        return []
    return [(Code.AMBER, f"on trial until {running.ends_at:%H:%M:%S} UTC: `firewall confirm`")]


def _ssh(held: list[Any]) -> Finding:
    let_in = {int(port) for port in nft.elements(held, "ssh_ports")}
    missing = sorted(ssh.ports() - let_in)
    if missing:
        return Code.RED, f"SSH on port {missing[0]} is not let in: run `firewall apply` again"
    return Code.DONE, f"SSH is let in on port {', '.join(map(str, sorted(let_in)))}"


def _closed(held: list[Any]) -> list[Finding]:
    let_in = {int(p) for name in ("ssh_ports", "web_tcp") for p in nft.elements(held, name)}
    ports = sorted({s.port for s in sockets.listeners() if s.is_public} - let_in)
    return [
        (Code.DONE, f"kept from outside: port {port}/tcp, which listens here") for port in ports
    ]
