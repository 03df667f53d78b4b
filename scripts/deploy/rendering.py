"""The nginx configuration of one installation: the files of nginx/ with site/ filled in.

`front_of` reads the settings, `render` makes the files, `write` puts them where nginx sees them.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from ipaddress import ip_network
from pathlib import Path

from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import write_atomically

WEB_PORT = 8000  # at which Gunicorn listens, in either colour
MAINTENANCE_SECONDS = 300  # after which clients are told to come again
HEADERS = ("CF-Connecting-IP", "True-Client-IP", "X-Forwarded-For", "X-Real-IP")
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}")
_RATE = re.compile(r"([1-9]\d{0,6})/(?:([1-9]\d{0,3}) )?(second|minute|hour|day)s?", re.ASCII)
_SECONDS = {"second": 1, "minute": 60, "hour": 60 * 60, "day": 24 * 60 * 60}
# What the shop allows one network, if SHOP_RATE_LIMITS does not say otherwise, by the zone of nginx
# that lies outside of it.
ZONES = {
    "general": {"address": "600/minute"},
    "entry": {"login-address": "30/minute", "register-address": "20/minute"},
    "checkout": {"checkout-address": "60/10 minutes"},
}
_KEYS = {
    "general": "$client_network",
    "entry": "$entry_network",
    "checkout": "$checkout_network",
}


@dataclass(frozen=True, kw_only=True)
class Front:
    """What the configurations of two installations differ in.

    `names` are host names, the one that others are redirected to first; `upstreams` are
    host:port. With `proxies`, the customer's address is what these networks say in `header`.
    """

    names: Sequence[str]
    upstreams: Sequence[str]
    has_ipv6: bool = True
    proxies: Sequence[str] = ()
    header: str = "X-Forwarded-For"
    limits: dict[str, str] = field(default_factory=dict)
    maintenance: str = ""


def front_of(settings: Mapping[str, str], *, color: str, has_ipv6: bool = True) -> Front:
    """Read .env.prod's settings: DOMAIN, CDN_NETWORKS, CDN_HEADER and SHOP_RATE_LIMITS.

    Raises Stop for one that nginx could not be given.
    """
    domain = settings.get("DOMAIN", "")
    if not _HOST.fullmatch(domain):
        raise _refusal("DOMAIN", "must be a host name in lower case", "shop.example")
    header = settings.get("CDN_HEADER") or "X-Forwarded-For"
    if header not in HEADERS:
        raise _refusal("CDN_HEADER", f"must be one of {', '.join(HEADERS)}", HEADERS[0])
    return Front(
        names=[domain],
        upstreams=[f"web-{color}:{WEB_PORT}"],
        has_ipv6=has_ipv6,
        proxies=_networks(settings.get("CDN_NETWORKS", "")),
        header=header,
        limits=_limits(settings.get("SHOP_RATE_LIMITS", "")),
    )


def render(templates: Path, front: Front) -> dict[str, str]:
    """Return the text of every file, by its place below /etc/nginx; `templates` is nginx/."""
    files = {
        str(file.relative_to(templates)): file.read_text(encoding="utf-8")
        for file in sorted(templates.rglob("*"))
        if file.is_file() and file.suffix in {".conf", ".html", ".json"}
    }
    return files | {
        "site/name.conf": f"server_name {' '.join(front.names)};\n",
        "site/upstream.conf": upstream(*front.upstreams),
        "site/upstream_writes.conf": upstream(*front.upstreams),
        "site/listen_plain.conf": _listen("80", front),
        "site/listen_plain_default.conf": _listen("80 default_server", front),
        "site/listen_tls.conf": _listen("443 ssl", front),
        "site/listen_tls_default.conf": _listen("443 ssl default_server", front),
        "site/real_ip.conf": _real_ip(front),
        "site/zones.conf": _zones(front.limits),
        "site/limits.conf": _bursts(front.limits),
        "site/maintenance.conf": front.maintenance or maintenance(on=False),
    }


def write(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Bring a folder up to date, each file in one step; return the places that changed.

    The folder itself stays, since a container has it mounted. Nothing tells nginx.
    """
    present = {str(file.relative_to(folder)) for file in folder.rglob("*") if not file.is_dir()}
    changed = sorted(present - files.keys())
    for place in changed:
        (folder / place).unlink()
    for place, text in sorted(files.items()):
        file = folder / place
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            continue
        file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        write_atomically(file, text)
        changed.append(place)
    return changed


def upstream(*servers: str) -> str:
    """Return site/upstream.conf; a server that failed is asked again, as there is no other."""
    return "".join(f"server {server} max_fails=0;\n" for server in servers)


def maintenance(*, on: bool, let_in: Sequence[str] = (), seconds: int = MAINTENANCE_SECONDS) -> str:
    """Return site/maintenance.conf. While it is on, only the networks of `let_in` see the shop.

    Raises Stop for what is no network.
    """
    passes = "".join(f"    {network} off;\n" for network in _networks(",".join(let_in)))
    state, wait = ("on", seconds) if on else ("off", 2)
    return (
        f"geo $maintenance {{\n    default {state};\n{passes if on else ''}}}\n"
        f"geo $maintenance_seconds {{\n    default {wait};\n}}\n"
    )


def _listen(where: str, front: Front) -> str:
    addresses = ["", "[::]:"] if front.has_ipv6 else [""]
    return "".join(f"listen {address}{where};\n" for address in addresses)


def _real_ip(front: Front) -> str:
    if not front.proxies:
        return "# No proxy before this one: the peer is the customer.\n"
    known = "".join(f"set_real_ip_from {network};\n" for network in front.proxies)
    return f"{known}real_ip_header {front.header};\nreal_ip_recursive on;\n"


def _zones(changed: dict[str, str]) -> str:
    """Twice what the shop allows, so that only what it would refuse anyway ends here."""
    lines = []
    for zone, limits in ZONES.items():
        rates = [_rate((limits | changed)[name]) for name in limits]
        minute = math.ceil(sum(2 * 60 * Fraction(quota, seconds) for quota, seconds in rates))
        lines.append(f"limit_req_zone {_KEYS[zone]} zone={zone}:10m rate={minute}r/m;\n")
    connections = (
        f"limit_conn_zone $client_network zone={zone}:10m;\n" for zone in ("connections", "files")
    )
    return "".join([*lines, *connections])


def _bursts(changed: dict[str, str]) -> str:
    """All that the shop allows may come at once."""
    return "".join(
        f"limit_req zone={zone} burst={sum(_rate((limits | changed)[name])[0] for name in limits)}"
        " nodelay;\n"
        for zone, limits in ZONES.items()
    )


def _limits(text: str) -> dict[str, str]:
    limits = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, rate = part.partition("=")
        if not _RATE.fullmatch(rate):
            raise _refusal("SHOP_RATE_LIMITS", f"cannot be {part!r}", "address=1200/minute")
        limits[name] = rate
    return limits


def _rate(text: str) -> tuple[int, int]:
    """Return how many in how many seconds."""
    found = _RATE.fullmatch(text)
    assert found is not None  # noqa: S101 - `_limits` has seen to it
    quota, count, unit = found.groups()
    return int(quota), int(count or 1) * _SECONDS[unit]


def _networks(text: str) -> list[str]:
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            network = ip_network(part)
        except ValueError as error:
            raise Stop(f"{part} is no network: {error}", Code.USAGE) from None
        if not network.prefixlen:
            raise Stop(f"{network} is everybody", Code.USAGE)
        found.append(str(network))
    return found


def _refusal(name: str, problem: str, example: str) -> Stop:
    return Stop(f"{name} {problem}", Code.REFUSED, hint=f"Example: {name}={example}")
