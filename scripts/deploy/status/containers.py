"""The containers: which should run, whether they do, how often they had to be started again."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scripts.deploy import state
from scripts.deploy.amounts import moment, now
from scripts.deploy.compose import Compose, docker_output
from scripts.deploy.findings import Level, worst
from scripts.deploy.status.parts import Part

_TIMEOUT_S = 30
RECENT = timedelta(hours=1)  # a restart longer ago is history
_LEVELS = {"healthy": Level.GREEN, "running": Level.GREEN, "starting": Level.AMBER}


def containers(compose: Compose, running: state.State | None) -> Part:
    """Return how each container fares. Raises Stop when Docker does not answer."""
    expected = _expected(compose, running)
    found = _inspected(compose)
    cells, facts = [], {}
    for service in [*expected, *(name for name in found if name not in expected)]:
        cell, fact = _one(service, found.get(service), is_expected=service in expected)
        cells.append(cell)
        facts[service] = fact
    wanted = [level for (level, _), name in zip(cells, facts, strict=True) if name in expected]
    level = worst(level for level, _ in cells)
    good = sum(level is Level.GREEN for level in wanted)
    return Part(
        name="containers",
        level=level,
        text=f"{good} of {len(expected)} well",
        cells=cells,
        facts={"containers": facts},
    )


def _expected(compose: Compose, running: state.State | None) -> list[str]:
    """Return the services that always run, with the colour that is served first."""
    said = compose.run("config", "--format", "json", timeout=_TIMEOUT_S).stdout
    services = json.loads(said)["services"].items()
    always = sorted(name for name, service in services if not service.get("profiles"))
    return [f"web-{running.color}", *always] if running else always


def _inspected(compose: Compose) -> dict[str, Mapping[str, Any]]:
    """Return what the engine knows of each service's container, without those of one task."""
    numbers = compose.run("ps", "--all", "--quiet", timeout=_TIMEOUT_S).stdout.split()
    if not numbers:
        return {}
    rows = json.loads(docker_output(["docker", "inspect", *numbers], timeout=_TIMEOUT_S).stdout)
    labelled = [(row["Config"]["Labels"], row) for row in rows]
    return {
        labels["com.docker.compose.service"]: row
        for labels, row in labelled
        if labels.get("com.docker.compose.oneoff") != "True"
    }


def _one(
    service: str, row: Mapping[str, Any] | None, *, is_expected: bool
) -> tuple[tuple[Level, str], dict[str, Any]]:
    if row is None:
        return (Level.RED, f"{service} is not there"), {"state": "missing", "restarts": 0}
    status = row["State"]
    health = (status.get("Health") or {}).get("Status", "")
    condition = health if status["Status"] == "running" and health else status["Status"]
    restarts = row["RestartCount"]
    level = _LEVELS.get(condition, Level.RED)
    text = service if level is Level.GREEN else f"{service} {condition}"
    if not is_expected:  # the other colour during a deploy, or a task of its own
        level = Level.HINT if level is not Level.RED or condition == "exited" else level
        text = f"{service} {condition}"
    began = moment(status["StartedAt"])
    if restarts and level is Level.GREEN and began and now() - began < RECENT:
        level = Level.AMBER
    if restarts:
        text += f" ↻{restarts}"
    if status.get("OOMKilled"):
        level, text = Level.RED, f"{text} out of memory"
    if status["Status"] in {"exited", "restarting", "dead"}:
        text += f" (code {status['ExitCode']})"
    facts = {
        "state": condition,
        "restarts": restarts,
        "started_at": status["StartedAt"],
        "exit_code": status["ExitCode"],
        "out_of_memory": bool(status.get("OOMKilled")),
        "image": row["Config"]["Image"],
    }
    return (level, text), facts
