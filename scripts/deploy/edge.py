"""The network between nginx and the web servers: who has which address there."""

from ipaddress import IPv4Network

from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import COLORS, Site

# Docker gives out 172.17 to 172.31 and 192.168 by itself, homes and offices have the latter, and of
# 10.0.0.0/8 clouds, VPNs and Kubernetes take the low and the round numbers.
USUAL = "10.213.240.0/24"
PORT = 8000  # where Gunicorn listens in its container
_FIRST = 11
_LONGEST_PREFIX = 27


def address(site: Site, color: str) -> str:
    """Return the address of a colour. It is fixed: one that Docker chose could change by a restart.

    Raises Stop for an EDGE_SUBNET that cannot be used.
    """
    return _hosts(site)[color]


def variables(site: Site) -> dict[str, str]:
    """Return what the compose file is told of the network. Raises Stop, as `address` does."""
    upper_half = list(subnet(site).subnets(1))[1]
    hosts = {f"WEB_{color.upper()}_ADDRESS": host for color, host in _hosts(site).items()}
    return {"EDGE_RANGE": str(upper_half), **hosts}


def _hosts(site: Site) -> dict[str, str]:
    network = subnet(site)
    return {color: str(network[_FIRST + at]) for at, color in enumerate(COLORS)}


def subnet(site: Site) -> IPv4Network:
    """Return EDGE_SUBNET. Raises Stop, as `address` does."""
    value = site.setting("EDGE_SUBNET", USUAL)
    try:
        network = IPv4Network(value)
    except ValueError:
        network = None
    if network is None or network.prefixlen > _LONGEST_PREFIX:
        raise Stop(
            f"EDGE_SUBNET must be an IPv4 network of at least /{_LONGEST_PREFIX}, not {value!r}",
            Code.REFUSED,
        )
    return network
