"""fail2ban's jails for the shop and for SSH."""

import shutil
import subprocess
from pathlib import Path
from string import Template

from scripts.deploy import host_units
from scripts.deploy.firewall import wanted
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site, write_atomically

SOURCE = Path("scripts/stack/host/fail2ban")
INSTALLED = Path("/etc/fail2ban")
JAILS = Path("jail.d/nexus.conf")
PARTS = (Path("action.d/nexus-ban.conf"), Path("filter.d/nexus-shop.conf"), JAILS)


def text(site: Site, part: Path) -> str:
    """Return a part of fail2ban's configuration; the networks of the operator are never banned."""
    content = (site.root / SOURCE / part).read_text()
    if part != JAILS:
        return content
    return Template(content).substitute(ssh_from=" ".join(map(str, wanted.operators(site))))


def install(site: Site) -> bool:
    """Put the jails in place and return whether fail2ban runs and took them.

    Raises Stop if fail2ban is missing, or refuses them; it then has what it had before.
    """
    if not shutil.which("fail2ban-client"):
        raise Stop(
            "fail2ban is not installed",
            Code.REFUSED,
            hint="apt-get install fail2ban python3-systemd",
        )
    before = {part: _read(INSTALLED / part) for part in PARTS}
    for part in PARTS:
        write_atomically(INSTALLED / part, text(site, part))
    tested = _client("--test")
    if tested.returncode:
        for part, content in before.items():
            _put_back(INSTALLED / part, content)
        raise Stop(f"fail2ban refuses the jails: {tested.stdout.strip() or tested.stderr.strip()}")
    host_units.install(site, *host_units.BANS)
    return _client("ping").returncode == 0 and _client("reload").returncode == 0


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _put_back(path: Path, content: str | None) -> None:
    if content is None:
        path.unlink()
    else:
        write_atomically(path, content)


def _client(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["fail2ban-client", *arguments], capture_output=True, text=True, check=False
    )
