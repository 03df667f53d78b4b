"""Docker Compose, as the commands use it."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.deploy import edge, state
from scripts.deploy.outcome import Stop
from scripts.deploy.site import Site

# Compose prefers the environment to --env-file, so that a variable left over in somebody's shell
# would change the installation. Only what the docker command itself needs is passed on.
_PASSED_ON = ("PATH", "HOME", "LANG", "TERM", "TMPDIR", "SSH_AUTH_SOCK", "NO_COLOR")
_PREFIXES = ("DOCKER_", "BUILDX_", "BUILDKIT_", "XDG_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


# What the last line of a failure may hold, and what helps.
_ADVICE = {
    "overlapping": "Another network has these addresses: change EDGE_SUBNET or PUBLIC_SUBNET_V6.",
    "port is already allocated": "Another program listens there: change BIND_HTTP or BIND_HTTPS.",
    "address already in use": "Another program listens there: change BIND_HTTP or BIND_HTTPS.",
    "no space left on device": "The disk is full: docker system df shows what Docker keeps.",
    "permission denied while trying to connect": "Use sudo.",
}


@dataclass(frozen=True)
class Container:
    """A container of the installation, as `docker compose ps` tells. `health` may be empty."""

    id: str
    name: str
    service: str
    state: str
    health: str
    image: str

    @property
    def is_running(self) -> bool:
        return self.state == "running"

    @property
    def is_healthy(self) -> bool:
        return self.is_running and self.health in {"healthy", ""}


class Compose:
    """The installation's compose project, with the release that runs unless another is given."""

    def __init__(self, site: Site, release: state.Release | None = None) -> None:
        self.site = site
        self.release = release or state.load(site)

    @property
    def arguments(self) -> list[str]:
        """The command up to the subcommand. Raises Stop for an odd .env.prod."""
        site = self.site
        files = [site.compose_file, site.compose_override]
        chosen = [part for file in files if file.exists() for part in ("--file", str(file))]
        known = ["--project-directory", str(site.root), "--project-name", site.project]
        return ["docker", "compose", *known, *chosen, "--env-file", str(site.env_file)]

    @property
    def environment(self) -> dict[str, str]:
        """What the docker command is given, all of it."""
        passed = {
            name: value
            for name, value in os.environ.items()
            if name in _PASSED_ON or name.upper().startswith(_PREFIXES)
        }
        # All of them exist; which run is said by naming them.
        profiles = {"COMPOSE_PROFILES": "blue,green,tools"}
        return passed | profiles | edge.variables(self.site) | self._named()

    def _named(self) -> dict[str, str]:
        """The release's variables. Without one there are names still: the file demands them."""
        if self.release is None:
            return {"NEXUS_IMAGE": "none", "NEXUS_BACKUP_IMAGE": "none", "SHOP_RELEASE": "none"}
        return {
            "NEXUS_IMAGE": self.release.image,
            "NEXUS_BACKUP_IMAGE": self.release.backup_image or "none",
            "SHOP_RELEASE": self.release.release,
        }

    def run(
        self,
        *arguments: str,
        check: bool = True,
        stdin: str | None = None,
        timeout: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a compose subcommand and return its output. `timeout` is in seconds.

        Raises Stop with the end of what it said if `check` and it failed, or if it took too long.
        """
        return docker_output(
            [*self.arguments, *arguments],
            environment=self.environment,
            check=check,
            stdin=stdin,
            timeout=timeout,
        )

    def exec(
        self,
        service: str,
        *command: str,
        user: str = "",
        check: bool = True,
        stdin: str | None = None,
        timeout: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the container of a service. Raises Stop, as `run` does."""
        who = ["--user", user] if user else []
        arguments = ["exec", "--no-TTY", *who, service, *command]
        return self.run(*arguments, check=check, stdin=stdin, timeout=timeout)

    def tool(
        self,
        service: str,
        *command: str,
        check: bool = True,
        entrypoint: str = "",
        stdin: str = "",
        timeout: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a service once in a container of its own, without starting what it depends on."""
        instead = ["--entrypoint", entrypoint] if entrypoint else []
        arguments = ["run", "--rm", "--no-TTY", "--no-deps", *instead, service, *command]
        return self.run(*arguments, check=check, stdin=stdin, timeout=timeout)

    def are_current(self, *services: str) -> bool:
        """Tell whether `up` would leave the containers of services alone. Raises Stop."""
        # Compose's own hashes (`config --hash`) differ with --no-deps, so it is asked like this.
        would = self.run("--dry-run", "up", "--detach", "--no-deps", "--no-build", *services)
        changes = ("Creat", "Recreat", "Start")  # …ing, …ed
        return not any(word in would.stderr for word in changes)

    def up(self, *services: str, recreate: bool = False) -> None:
        """Start services, these and no others. Raises Stop."""
        force = ["--force-recreate"] if recreate else []
        self.run("up", "--detach", "--no-deps", "--no-build", *force, *services)

    def stop(self, *services: str, seconds: int) -> None:
        """Stop services; after `seconds` they are killed. Raises Stop."""
        self.run("stop", "--timeout", str(seconds), *services)

    def ps(self) -> list[Container]:
        """Return the containers, also those that stopped. Raises Stop."""
        return [
            Container(
                id=row["ID"],
                name=row["Name"],
                service=row["Service"],
                state=row["State"],
                health=row.get("Health", ""),
                image=row.get("Image", ""),
            )
            for row in _rows(self.run("ps", "--all", "--format", "json").stdout)
        ]

    def container(self, service: str) -> Container | None:
        """Return the container of a service, also one that stopped. Raises Stop."""
        return next((found for found in self.ps() if found.service == service), None)


def docker_output(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    check: bool = True,
    stdin: str | None = None,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a docker command and return its output. Raises Stop, as `Compose.run` does."""
    try:
        ended = subprocess.run(
            command,
            env=environment,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout,
            start_new_session=True,  # Ctrl-C is for this program, which then takes things back
        )
    except FileNotFoundError:
        raise Stop("docker is not installed", hint="scripts/deploy.sh init installs it") from None
    except subprocess.TimeoutExpired:
        raise Stop(f"{_short(command)} took longer than {timeout:.0f} s") from None
    if check and ended.returncode:
        said = (ended.stderr.strip() or ended.stdout.strip() or "nothing said").splitlines()[-8:]
        failed = f"{_short(command)} failed with code {ended.returncode}:"
        hint = next((advice for sign, advice in _ADVICE.items() if sign in said[-1]), "")
        raise Stop("\n  ".join([failed, *said]), hint=hint)
    return ended


def _short(command: Sequence[str]) -> str:
    if "--env-file" in command:
        command = ["docker", "compose", *command[list(command).index("--env-file") + 2 :]]
    return " ".join(command[:8])


def _rows(output: str) -> list[dict[str, Any]]:
    """Read what ps says: a list from Compose before 2.21, one row per line since."""
    text = output.strip()
    if text.startswith("["):
        rows: list[dict[str, Any]] = json.loads(text)
        return rows
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
