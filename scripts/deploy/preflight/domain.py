"""Whether the domain leads to this machine."""

import ipaddress
import json
from collections.abc import Iterator

from scripts.deploy.asking import ask
from scripts.deploy.findings import Finding
from scripts.deploy.preflight.verdicts import doubt, good, refusal
from scripts.deploy.site import Site

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_BEHIND_ANOTHER = (
    "If a balancer or a CDN stands in front of this machine, PREFLIGHT_SKIP=dns in .env.prod."
)
_WHY = "Customers would not arrive here, and the certificate authority looks there too."


def dns(site: Site) -> Iterator[Finding]:
    domain = site.setting("DOMAIN")
    if not domain:
        return  # the check of the settings tells
    named = resolve(domain)
    own = own_addresses()
    if not named:
        yield refusal(
            "dns",
            f"{domain} has no address in the DNS.",
            where=domain,
            why=_WHY,
            advice=f"Make an A record for it{_such_as(own)}; it can take an hour to be seen.",
        )
    elif local := [address for address in named if address.is_loopback]:
        yield refusal(
            "dns",
            f"This machine takes {domain} for itself ({local[0]}), so the DNS cannot be seen.",
            where="/etc/hosts",
            why="What customers are told is not known here.",
            advice=f"Take {domain} out of /etc/hosts, and give the machine another hostname.",
        )
    elif not own:
        yield doubt(
            "dns",
            f"{domain} leads to {_list(named)}; this machine has no public address to compare.",
            where=domain,
            why="Behind a network address translation it cannot be told from here.",
            advice=f"See that this is right; {_BEHIND_ANOTHER}",
        )
    elif foreign := [address for address in named if address not in own]:
        yield _elsewhere(domain, foreign, own)
    else:
        yield good("dns", f"{domain} leads here ({_list(named)})")


def _elsewhere(domain: str, foreign: list[Address], own: set[Address]) -> Finding:
    kind = "AAAA" if foreign[0].version == 6 else "A"  # noqa: PLR2004 - IPv6
    return refusal(
        "dns",
        f"The {kind} record of {domain} leads to {_list(foreign)}, which is not this machine.",
        where=domain,
        why=_WHY,
        advice=f"Correct or remove that record{_such_as(own)}. {_BEHIND_ANOTHER}",
    )


def resolve(domain: str) -> list[Address]:
    """Return the addresses that the name leads to, IPv4 first."""
    found: dict[Address, None] = {}
    for database in ("ahostsv4", "ahostsv6"):
        for line in ask("getent", database, domain).output.splitlines():
            address = _address(line.split()[0])
            # Without an AAAA record getent answers with IPv4 written as IPv6.
            if address is not None and getattr(address, "ipv4_mapped", None) is None:
                found[address] = None
    return list(found)


def own_addresses() -> set[Address]:
    """Return the addresses of this machine that the world can reach."""
    said = ask("ip", "-json", "address", "show")
    try:
        links = json.loads(said.output or "[]")
    except ValueError:
        links = []
    texts = [entry.get("local", "") for link in links for entry in link.get("addr_info", [])]
    addresses = [_address(text) for text in texts]
    return {address for address in addresses if address is not None and address.is_global}


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _list(addresses: list[Address]) -> str:
    return ", ".join(map(str, addresses))


def _such_as(own: set[Address]) -> str:
    return f" ({', '.join(sorted(map(str, own)))})" if own else ""
