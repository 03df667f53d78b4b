"""Containers of the installation, looked at closely, and waited for."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scripts.deploy.compose import Compose, docker_output
from scripts.deploy.outcome import Stop

POLL_SECONDS = 0.25
LAST_LINES = 12


@dataclass(frozen=True)
class Inspection:
    """What the engine knows of a container. `health` is empty without a healthcheck."""

    id: str
    image: str
    status: str
    health: str
    exit_code: int
    restarts: int
    started_at: str

    @property
    def is_running(self) -> bool:
        return self.status == "running"

    @property
    def is_healthy(self) -> bool:
        return self.is_running and self.health in {"healthy", ""}


def inspect(compose: Compose, service: str) -> Inspection | None:
    """Return the container of a service, None if there is none. Raises Stop."""
    found = compose.run("ps", "--all", "--quiet", service, check=False).stdout.split()
    if not found:
        return None
    ended = docker_output(["docker", "inspect", found[0]], check=False)
    rows = json.loads(ended.stdout or "[]")
    return _inspection(rows[0]) if rows else None


def _inspection(row: Mapping[str, Any]) -> Inspection:
    status = row["State"]
    return Inspection(
        id=row["Id"],
        image=row["Config"]["Image"],
        status=status["Status"],
        health=(status.get("Health") or {}).get("Status", ""),
        exit_code=status["ExitCode"],
        restarts=row["RestartCount"],
        started_at=status["StartedAt"],
    )


def await_healthy(compose: Compose, *services: str, seconds: float) -> None:
    """Wait until services are healthy.

    Raises Stop with the end of its log for one that ended, started anew, or took too long.
    """
    deadline = time.monotonic() + seconds
    for service in services:
        while True:
            found = inspect(compose, service)
            if found is not None and found.is_healthy:
                break
            trouble = _trouble(found)
            if trouble or time.monotonic() > deadline:
                trouble = trouble or f"is not healthy after {seconds:.0f} s"
                raise Stop(f"{service} {trouble}\n{last_lines(compose, service)}")
            time.sleep(POLL_SECONDS)


def _trouble(found: Inspection | None) -> str:
    if found is None:
        return ""  # compose is about to make it
    if found.restarts:
        return "crashed at its start"
    if found.status in {"exited", "dead"}:
        return f"ended with code {found.exit_code}"
    return ""


def last_lines(compose: Compose, service: str) -> str:
    """Return the end of a service's log, indented."""
    wanted = ["logs", "--no-color", "--no-log-prefix", "--tail", str(LAST_LINES), service]
    ended = compose.run(*wanted, check=False)
    return "\n".join(f"    {line[:300]}" for line in ended.stdout.splitlines())
