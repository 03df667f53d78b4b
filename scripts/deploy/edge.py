"""The network between nginx and the web servers: who has which address there."""

from ipaddress import IPv4Network

from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import COLORS, Site

USUAL = "172.28.240.0/24"
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
    upper_half = list(_subnet(site).subnets(1))[1]
    hosts = {f"WEB_{color.upper()}_ADDRESS": host for color, host in _hosts(site).items()}
    return {"EDGE_RANGE": str(upper_half), **hosts}


def _hosts(site: Site) -> dict[str, str]:
    subnet = _subnet(site)
    return {color: str(subnet[_FIRST + at]) for at, color in enumerate(COLORS)}


def _subnet(site: Site) -> IPv4Network:
    value = site.setting("EDGE_SUBNET", USUAL)
    try:
        subnet = IPv4Network(value)
    except ValueError:
        subnet = None
    if subnet is None or subnet.prefixlen > _LONGEST_PREFIX:
        raise Stop(
            f"EDGE_SUBNET must be an IPv4 network of at least /{_LONGEST_PREFIX}, not {value!r}",
            Code.REFUSED,
        )
    return subnet
