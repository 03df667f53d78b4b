"""The programs that the other commands call, and the kind of processor."""

import re
import sys
from collections.abc import Iterator

from scripts.deploy.asking import ask
from scripts.deploy.findings import Finding
from scripts.deploy.preflight.verdicts import good, refusal
from scripts.deploy.site import Site

DOCKER_AT_LEAST = (24, 0)
COMPOSE_AT_LEAST = (2, 20)
PYTHON_AT_LEAST = (3, 11)
ARCHITECTURES = {"x86_64", "amd64", "aarch64", "arm64"}


def docker(_site: Site) -> Iterator[Finding]:
    said = ask("docker", "version", "--format", "{{.Server.Version}}")
    if said.is_missing:
        yield refusal(
            "docker",
            "Docker is not installed.",
            why="The shop runs in containers.",
            advice="scripts/deploy.sh init installs it.",
        )
    elif not said.is_good:
        yield _unreachable(said.last_error)
    else:
        yield from _at_least("docker", "Docker", said.output, DOCKER_AT_LEAST)


def _unreachable(error: str) -> Finding:
    if "permission denied" in error.lower():
        advice = "Run scripts/deploy.sh as root."
    else:
        advice = "systemctl start docker; journalctl --unit=docker says why it does not."
    return refusal(
        "docker",
        f"The Docker engine does not answer: {error}",
        why="The shop runs in containers.",
        advice=advice,
    )


def compose(_site: Site) -> Iterator[Finding]:
    said = ask("docker", "compose", "version", "--short")
    if not said.is_good:
        yield refusal(
            "compose",
            "Docker has no compose plugin.",
            why="The old docker-compose 1 does not know the language of the compose file.",
            advice="apt-get install docker-compose-plugin, or docker-compose in Debian 13.",
        )
    else:
        yield from _at_least("compose", "Docker Compose", said.output, COMPOSE_AT_LEAST)


def git(_site: Site) -> Iterator[Finding]:
    said = ask("git", "--version")
    if not said.is_good:
        yield refusal(
            "git",
            "git is not installed.",
            why="A deploy takes the release from the checkout.",
            advice="apt-get install git",
        )
    else:
        yield good("git", said.output.strip().removeprefix("git version "))


def python(_site: Site) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield from _at_least("python", "Python", version, PYTHON_AT_LEAST)


def architecture(_site: Site) -> Iterator[Finding]:
    kind = ask("uname", "-m").output.strip()
    if kind in ARCHITECTURES:
        yield good("architecture", kind)
    else:
        yield refusal(
            "architecture",
            f"The processor is of the kind {kind or 'unknown'}.",
            why="The official images of PostgreSQL, Redis and nginx that the shop is tested with"
            " are for 64-bit x86 and ARM.",
            advice="Take a server with an x86_64 or aarch64 processor and a 64-bit system.",
        )


def _at_least(check: str, name: str, version: str, wanted: tuple[int, int]) -> Iterator[Finding]:
    version = version.strip().removeprefix("v")
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers and (int(numbers[1]), int(numbers[2])) >= wanted:
        yield good(check, version)
    else:
        least = ".".join(map(str, wanted))
        yield refusal(
            check,
            f"{name} is {version or 'of an unknown version'}; {least} is the oldest that will do.",
            why="Older ones do not know what the compose file says of health, limits and start.",
            advice="Update it from Docker's packages (docs.docker.com/engine/install) or a newer"
            " release of the system.",
        )
