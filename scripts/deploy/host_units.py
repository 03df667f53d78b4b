"""The systemd units of the host: what runs beside the containers, which Docker starts itself."""

import shutil
import subprocess
from pathlib import Path
from string import Template

from scripts.deploy import terminal
from scripts.deploy.outcome import Stop
from scripts.deploy.site import Site, write_atomically

SOURCE = Path("scripts/stack/host")
INSTALLED = Path("/etc/systemd/system")
SYSTEMD_RUNS = Path("/run/systemd/system")
DOCTOR = ("nexus-doctor.service", "nexus-doctor.timer")
BANS = ("nexus-bans.service", "nexus-bans.path")
FIREWALL = ("nexus-firewall.service",)


def text(site: Site, name: str) -> str:
    """Return a unit as it is installed: with the place of this checkout."""
    return Template((site.root / SOURCE / name).read_text()).substitute(root=site.root)


def install(site: Site, *names: str) -> None:
    """Install units and have them started at boot; a timer runs from now on. Raises Stop.

    On a host without systemd nothing is done but to say so.
    """
    if not shutil.which("systemctl"):
        terminal.warn(f"no systemd here: {', '.join(names)} must be started in another way")
        return
    for name in names:
        write_atomically(INSTALLED / name, text(site, name))
    if SYSTEMD_RUNS.exists():
        _systemctl("daemon-reload")
    for name in names:
        if "[Install]" in text(site, name):
            is_timer = name.endswith((".timer", ".path")) and SYSTEMD_RUNS.exists()
            _systemctl("enable", *(["--now"] if is_timer else []), name)


def are_installed(*names: str) -> bool:
    """Whether units are in place, or cannot be because systemd does not run here."""
    return not SYSTEMD_RUNS.exists() or all((INSTALLED / name).exists() for name in names)


def is_enabled(name: str) -> bool:
    """Whether a unit is started at boot."""
    if not shutil.which("systemctl"):
        return False
    return subprocess.run(["systemctl", "--quiet", "is-enabled", name], check=False).returncode == 0


def _systemctl(*arguments: str) -> None:
    ended = subprocess.run(["systemctl", *arguments], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise Stop(f"systemctl {' '.join(arguments)} failed: {ended.stderr.strip()}")
