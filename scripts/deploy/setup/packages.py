"""The server's own packages: Docker from its official repository, and what else init needs.

Source: https://docs.docker.com/engine/install/debian/ and …/ubuntu/.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from scripts.deploy import terminal
from scripts.deploy.outcome import Code, Stop

SUPPORTED = {("debian", "12"), ("debian", "13"), ("ubuntu", "24.04")}
TOOLS = {"git": "git", "openssl": "openssl"}  # the command, and the package that has it
DOCKER = ["docker-ce", "docker-ce-cli", "containerd.io", "docker-buildx-plugin"]
COMPOSE = "docker-compose-plugin"
OLDEST_COMPOSE = (2, 24)
_KEY = "etc/apt/keyrings/docker.asc"
_SOURCES = "etc/apt/sources.list.d/docker.sources"


def missing_tools() -> list[str]:
    """Return the packages of plain commands that are not here."""
    return [package for command, package in TOOLS.items() if shutil.which(command) is None]


def docker_answers() -> bool:
    """Tell whether an engine answers and Compose is new enough."""
    if shutil.which("docker") is None:
        return False
    engine = _output(["docker", "version", "--format", "{{.Server.Version}}"])
    compose = _output(["docker", "compose", "version", "--short"])
    numbers = re.match(r"v?(\d+)\.(\d+)", compose)
    is_new = numbers is not None and (int(numbers[1]), int(numbers[2])) >= OLDEST_COMPOSE
    return bool(engine) and is_new


def is_done() -> bool:
    return docker_answers() and not missing_tools()


def install() -> None:
    """Install what is missing. Raises Stop."""
    if os.geteuid() != 0:
        raise Stop("packages can be installed by root alone", Code.REFUSED, hint="Use sudo.")
    tools = missing_tools()
    if tools or not docker_answers():
        _apt("update")
    if tools:
        _apt("install", "ca-certificates", *tools)
    if not docker_answers():
        _install_docker()
    if not docker_answers():
        raise Stop("Docker is installed but does not answer", hint="systemctl status docker")


def _install_docker() -> None:
    if shutil.which("docker") is not None and not _output(["docker", "compose", "version"]):
        terminal.progress("a docker without Compose is here; the official packages replace it")
    release = os_release(Path("/etc/os-release").read_text(encoding="utf-8"))
    system, suite = supported(release)
    _apt("install", "ca-certificates")
    key = f"https://download.docker.com/linux/{system}/gpg"
    root = Path("/")
    terminal.progress(f"trusting {key}")
    try:
        with urlopen(key, timeout=30) as answer:
            content = answer.read()
    except (URLError, OSError) as error:
        raise Stop(f"{key} cannot be read: {error}", hint="Is the network up?") from error
    (root / _KEY).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    (root / _KEY).write_bytes(content)
    (root / _KEY).chmod(0o644)
    (root / _SOURCES).write_text(sources(system, suite, _architecture()), encoding="utf-8")
    _apt("update")
    _apt("install", *DOCKER, COMPOSE)
    if shutil.which("systemctl") is not None:
        _run(["systemctl", "enable", "--now", "docker"])


def os_release(text: str) -> dict[str, str]:
    """Return the fields of an os-release file (os-release(5))."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name: value.strip("\"'") for name, _, value in pairs}


def supported(release: Mapping[str, str]) -> tuple[str, str]:
    """Return the system and its suite, as Docker's repository names them.

    Raises Stop for one that nobody tried this on.
    """
    found = (release.get("ID", ""), release.get("VERSION_ID", ""))
    if found not in SUPPORTED:
        known = ", ".join(f"{system} {version}" for system, version in sorted(SUPPORTED))
        raise Stop(
            f"Docker can be installed by init on {known}; this is {' '.join(found)}",
            Code.REFUSED,
            hint="Install Docker with Compose 2.24 or newer yourself.",
        )
    return found[0], release["VERSION_CODENAME"]


def sources(system: str, suite: str, architecture: str) -> str:
    """Return the repository's file, in the format of deb822."""
    return (
        "Types: deb\n"
        f"URIs: https://download.docker.com/linux/{system}\n"
        f"Suites: {suite}\n"
        "Components: stable\n"
        f"Architectures: {architecture}\n"
        f"Signed-By: /{_KEY}\n"
    )


def _architecture() -> str:
    return _output(["dpkg", "--print-architecture"])


def _apt(action: str, *packages: str) -> None:
    terminal.progress(" ".join(["apt-get", action, *packages]))
    wait = ["-o", "DPkg::Lock::Timeout=120"]  # seconds; a fresh server is updating itself
    options = ["--yes", "--no-install-recommends"] if packages else []
    _run(["apt-get", *wait, action, *options, *packages])


def _run(command: list[str]) -> None:
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        start_new_session=True,
    )
    if ended.returncode:
        said = (ended.stderr or ended.stdout).strip().splitlines()[-4:]
        raise Stop(f"{' '.join(command)} failed:\n    " + "\n    ".join(said))


def _output(command: list[str]) -> str:
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return ended.stdout.strip() if ended.returncode == 0 else ""
