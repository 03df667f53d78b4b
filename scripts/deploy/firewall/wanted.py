"""The rules that an installation's settings ask for, and why some must not be applied."""

import re
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network
from typing import NamedTuple

from scripts.deploy.firewall import ssh
from scripts.deploy.firewall.rules import ANYWHERE, Network, Rules
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site

_INTERFACE = re.compile(r"[A-Za-z0-9_.@-]{1,15}")
DEFAULT_WEB = frozenset({80, 443})
HIGHEST_PORT = 65_535


class Binding(NamedTuple):
    """What a setting like BIND_HTTPS says: the address is empty for all of them."""

    address: str
    port: int


def of(site: Site) -> Rules:
    """Return the rules for this host. Raises Stop for a setting that cannot be used."""
    given = site.settings if site.env_file.exists() else {}
    ports = _ports("FIREWALL_SSH_PORTS", given) | ssh.ports()
    if not ports:
        raise Stop(
            "no SSH server is found, so its port would be closed",
            Code.REFUSED,
            hint="name it in .env.prod: FIREWALL_SSH_PORTS=22",
        )
    bound = [_binding(name, given) for name in ("BIND_HTTP", "BIND_HTTPS")]
    web = frozenset(b.port for b in bound if b and not _is_loopback(b)) or DEFAULT_WEB
    with_http3 = given.get("FIREWALL_HTTP3", "") in {"1", "true", "yes"}
    return Rules(
        ssh_ports=frozenset(ports),
        ssh_from=operators(site) or ANYWHERE,
        web_tcp=web,
        web_udp=frozenset({443}) if with_http3 else frozenset(),
        trusted=_interfaces("FIREWALL_TRUSTED_INTERFACES", given),
        uplinks=frozenset(ssh.uplinks()),
    )


def operators(site: Site) -> tuple[Network, ...]:
    """Return the networks that SSH is kept for; none if it is open to all. Raises Stop."""
    given = site.settings if site.env_file.exists() else {}
    return _networks("FIREWALL_SSH_FROM", given)


def refuse_lock_out(rules: Rules, session: ssh.Session | None) -> None:
    """Check that the operator could come back the way they came.

    Raises Stop with code 3 if the rules would drop the session this is run from.
    """
    if session is None:
        return
    interface = ssh.interface_to(session.address)
    if not rules.admits_ssh(address=session.address, port=session.port, interface=interface):
        raise Stop(
            f"you came from {session.address} to port {session.port}, which would be closed to you",
            Code.REFUSED,
            hint="see FIREWALL_SSH_FROM and FIREWALL_SSH_PORTS in .env.prod",
        )


def _ports(name: str, given: dict[str, str]) -> set[int]:
    return {_port(name, text) for text in given.get(name, "").split()}


def _port(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= HIGHEST_PORT):
        raise Stop(f"{name}: {text!r} is not a port", Code.REFUSED)
    return int(text)


def _binding(name: str, given: dict[str, str]) -> Binding | None:
    text = given.get(name, "")
    if not text:
        return None
    address, _, port = text.rpartition(":")
    return Binding(address.strip("[]"), _port(name, port))


def _is_loopback(bound: Binding) -> bool:
    """Something else stands in front then, and has the usual ports."""
    try:
        return bool(bound.address) and ip_address(bound.address).is_loopback
    except ValueError:
        raise Stop(f"{bound.address!r} is not an address", Code.REFUSED) from None


def _networks(name: str, given: dict[str, str]) -> tuple[Network, ...]:
    try:
        networks = [ip_network(text) for text in given.get(name, "").split()]
    except ValueError as error:
        raise Stop(f"{name}: {error}", Code.REFUSED) from None
    # nft refuses a set in which one network holds another.
    return (
        *collapse_addresses(n for n in networks if isinstance(n, IPv4Network)),
        *collapse_addresses(n for n in networks if isinstance(n, IPv6Network)),
    )


def _interfaces(name: str, given: dict[str, str]) -> frozenset[str]:
    named = given.get(name, "").split()
    for interface in named:
        if not _INTERFACE.fullmatch(interface):
            raise Stop(f"{name}: {interface!r} is not an interface", Code.REFUSED)
    return frozenset(named)
