"""What is in a bundle: names of files, and how to get what is in them."""

import json
import platform
import sys
from collections.abc import Callable, Mapping
from typing import Any

from scripts.deploy import journal
from scripts.deploy.asking import ask
from scripts.deploy.commands.doctor import look
from scripts.deploy.compose import Compose
from scripts.deploy.doctor.questions import Thresholds
from scripts.deploy.preflight.checks import examine
from scripts.deploy.site import Site
from scripts.deploy.status.gather import gather
from scripts.deploy.support.redactor import Redactor

_LOG_LINES = "2000"
_TIMEOUT_S = 120
_INSPECTED = ("State", "RestartCount", "Image", "Created", "HostConfig", "Mounts")
README = """\
What helps to find out what is wrong with this shop: made by scripts/deploy.sh support-bundle.

Blanked: the installation's own secrets, whatever looks like one, e-mail addresses, card numbers.
Not blanked: IP addresses of visitors, which nginx logs; the name of this machine.
Read it before you send it, and send it only to whom you trust: a pattern can miss something.
"""


def contents(site: Site, redactor: Redactor, *, since: str) -> dict[str, Callable[[], str]]:
    """Return what makes each file of the bundle. Each may raise Stop; the others go on."""
    compose = Compose(site)

    def document(made: Callable[[], Any]) -> Callable[[], str]:
        return lambda: json.dumps(redactor.document(made()), indent=2, default=str) + "\n"

    def text(made: Callable[[], str]) -> Callable[[], str]:
        return lambda: redactor.text(made())

    found: dict[str, Callable[[], str]] = {
        "README.txt": lambda: README,
        "versions.json": document(lambda: _versions(site)),
        "settings.json": document(lambda: site.settings),
        "preflight.json": document(lambda: [f.as_json() for f in examine(site)]),
        "status.json": document(lambda: {part.name: part.as_json() for part in gather(site)}),
        "doctor.json": document(lambda: _doctor(site)),
        "compose.json": document(lambda: _configuration(compose)),
        "containers.json": document(lambda: _containers(compose)),
        "deploys.jsonl": text(
            lambda: "".join(json.dumps(run) + "\n" for run in journal.lines(site))
        ),
        "machine.txt": text(_machine),
    }
    for path in sorted((site.nginx / "site").glob("*.conf")):
        found[f"nginx/{path.name}"] = text(lambda path=path: path.read_text(errors="replace"))  # type: ignore[misc]
    for path in [site.state_file, site.production / "rotation.json"]:
        if path.exists():
            found[path.name] = text(lambda path=path: path.read_text(errors="replace"))  # type: ignore[misc]
    for service in _services(compose):
        found[f"logs/{service}.log"] = text(lambda service=service: _log(compose, service, since))  # type: ignore[misc]
    return found


def _versions(site: Site) -> Mapping[str, str]:
    def said(*command: str) -> str:
        answer = ask(*command)
        return answer.output.strip() if answer.is_good else answer.last_error

    return {
        "checkout": said("git", "-C", str(site.root), "describe", "--always", "--dirty", "--tags"),
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "docker": said("docker", "version", "--format", "{{.Server.Version}}"),
        "compose": said("docker", "compose", "version", "--short"),
    }


def _doctor(site: Site) -> Mapping[str, Any]:
    findings, tables = look(site, Thresholds())
    return {"findings": [finding.as_json() for finding in findings], "tables": tables}


def _configuration(compose: Compose) -> Any:
    everything = ["--profile", "*", "config", "--format", "json"]
    return json.loads(compose.run(*everything, timeout=_TIMEOUT_S).stdout)


def _containers(compose: Compose) -> Any:
    numbers = compose.run("ps", "--all", "--quiet", timeout=_TIMEOUT_S).stdout.split()
    rows = json.loads(ask("docker", "inspect", *numbers).output) if numbers else []
    return {row["Name"]: {key: row.get(key) for key in _INSPECTED} for row in rows}


def _services(compose: Compose) -> list[str]:
    return sorted({container.service for container in compose.ps()})


def _log(compose: Compose, service: str, since: str) -> str:
    wanted = [
        "--no-color",
        "--no-log-prefix",
        "--timestamps",
        "--since",
        since,
        "--tail",
        _LOG_LINES,
    ]
    return compose.run("logs", *wanted, service, check=False, timeout=_TIMEOUT_S).stdout


def _machine() -> str:
    commands = (
        ("uname", "-a"),
        ("uptime",),
        ("free", "--mebi"),
        ("df", "--human-readable"),
        ("df", "--inodes"),
        ("docker", "system", "df"),
        ("timedatectl",),
    )
    return "\n".join(
        f"$ {' '.join(command)}\n{answer.output or answer.error}"
        for command in commands
        for answer in [ask(*command, timeout_s=_TIMEOUT_S)]
    )
