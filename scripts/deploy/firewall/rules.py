"""The host's firewall as a text for nft, and what it would do to somebody who is connected."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from string import Template

TABLE = "nexus_firewall"
TEMPLATE = Path("scripts/stack/host/firewall.nft")
NOTHING = f"table inet {TABLE}\ndelete table inet {TABLE}\n"

Network = IPv4Network | IPv6Network
ANYWHERE: tuple[Network, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What is let in from outside. Everything else that nobody here asked for is dropped."""

    ssh_ports: frozenset[int]
    ssh_from: tuple[Network, ...] = ANYWHERE
    web_tcp: frozenset[int] = frozenset({80, 443})
    web_udp: frozenset[int] = frozenset()
    trusted: frozenset[str] = frozenset()
    uplinks: frozenset[str] = frozenset()

    def text(self, template: str) -> str:
        """Return the file for `nft -f`, which replaces our table and touches no other."""
        return Template(template).substitute(
            ssh_ports=_elements(sorted(self.ssh_ports)),
            ssh_from4=_elements(n for n in self.ssh_from if isinstance(n, IPv4Network)),
            ssh_from6=_elements(n for n in self.ssh_from if isinstance(n, IPv6Network)),
            web_tcp=_elements(sorted(self.web_tcp)),
            web_udp=_elements(sorted(self.web_udp)),
            trusted=_elements(f'"{name}"' for name in sorted(self.trusted)),
            uplinks=_elements(f'"{name}"' for name in sorted(self.uplinks)),
        )

    def admits_ssh(self, *, address: str, port: int, interface: str | None) -> bool:
        """Whether this address may open an SSH connection to this port of the host."""
        if interface in self.trusted:
            return True
        # An IPv4 client of a socket for both families; such a packet is IPv4 to the firewall.
        peer = ip_address(address.partition("%")[0])
        peer = getattr(peer, "ipv4_mapped", None) or peer
        return port in self.ssh_ports and any(peer in network for network in self.ssh_from)


def _elements(values: Iterable[object]) -> str:
    """An empty list of elements is a syntax error; an empty set has no such line."""
    listed = ", ".join(str(value) for value in values)
    return f"elements = {{ {listed} }}" if listed else ""
