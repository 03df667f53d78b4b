"""Whether the compose file is sound, shows nothing but nginx, and the shop takes its settings."""

import json
from collections.abc import Iterator
from typing import Any

from scripts.deploy import state
from scripts.deploy.asking import ask
from scripts.deploy.compose import Compose
from scripts.deploy.findings import Finding
from scripts.deploy.outcome import Stop
from scripts.deploy.preflight.verdicts import good, refusal
from scripts.deploy.site import Site

MAY_PUBLISH = {"nginx"}
_CONFIG_TIMEOUT_S = 60
_CHECK_TIMEOUT_S = 120


def stack(site: Site) -> Iterator[Finding]:
    try:
        services = _services(site)
    except Stop as stop:
        yield refusal(
            "stack",
            f"The compose file cannot be used: {stop.message.splitlines()[-1].strip()}",
            where=site.compose_file.name,
            why="Nothing can be started from it.",
            advice="See git diff: restore the file, or repair .production/compose.override.yml.",
        )
        return
    findings = [
        finding for name, service in services.items() for finding in _exposures(name, service)
    ]
    yield from findings or [good("stack", f"{len(services)} services, nginx alone is published")]


def _services(site: Site) -> dict[str, dict[str, Any]]:
    """Return the services as Compose understands them. Raises Stop."""
    if not site.compose_file.exists():
        raise Stop(f"{site.compose_file.name} is missing")
    everything = ["--profile", "*", "config", "--format", "json"]
    said = Compose(site).run(*everything, timeout=_CONFIG_TIMEOUT_S)
    services: dict[str, dict[str, Any]] = json.loads(said.stdout)["services"]
    return services


def _exposures(name: str, service: dict[str, Any]) -> Iterator[Finding]:
    why = "Published ports pass by the firewall's usual rules: the world could reach it."
    if service.get("ports") and name not in MAY_PUBLISH:
        numbers = ", ".join(str(port.get("published", "?")) for port in service["ports"])
        yield _exposed(name, f"publishes port {numbers}; only nginx may.", why, "Remove its ports:")
    if service.get("network_mode") == "host":
        yield _exposed(name, "uses the network of the host.", why, "Remove network_mode: host")
    if service.get("privileged"):
        why = "Whoever breaks into it has the machine."
        yield _exposed(name, "is privileged.", why, "Remove privileged: true")
    for volume in service.get("volumes", []):
        if str(volume.get("source", "")).endswith("docker.sock"):
            why = "Whoever breaks into it has the machine."
            yield _exposed(name, "is given Docker's socket.", why, "Remove that volume.")


def _exposed(name: str, what: str, why: str, advice: str) -> Finding:
    return refusal(
        "stack",
        f"Service {name} {what}",
        where="docker-compose.production.yml",
        why=why,
        advice=f"{advice} Look into .production/compose.override.yml too.",
    )


def shop(site: Site) -> Iterator[Finding]:
    """Let the release that runs say whether it would start with these settings."""
    try:
        running = state.load(site)
    except Stop as stop:
        yield refusal(
            "shop", f"{stop.message}.", why="What runs is not known.", advice=stop.hint or "history"
        )
        return
    if running is None or not ask("docker", "image", "inspect", running.image).is_good:
        return  # nothing is built yet; the deploy itself will ask
    try:
        said = Compose(site).tool(
            "migrate",
            "python",
            "manage.py",
            "check",
            "--deploy",
            "--fail-level",
            "WARNING",
            check=False,
            timeout=_CHECK_TIMEOUT_S,
        )
    except Stop as stop:
        yield _refused(stop.message)
        return
    if said.returncode:
        lines = [line.strip() for line in (said.stdout + said.stderr).splitlines() if line.strip()]
        yield _refused(lines[-1] if lines else f"code {said.returncode}")
    else:
        yield good("shop", f"{running.release} takes these settings")


def _refused(error: str) -> Finding:
    return refusal(
        "shop",
        f"The shop would not start: {error}",
        where=".env.prod",
        why="It reads its settings once, at the start, and refuses odd ones.",
        advice="Put that setting right; docs/configuration.md says what each may be.",
    )
