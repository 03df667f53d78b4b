"""What the shop says of itself: whether it serves, what it does without, the jobs that wait."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from scripts.deploy import state
from scripts.deploy.amounts import span
from scripts.deploy.compose import Compose
from scripts.deploy.doctor.psql import DatabaseSilent, Psql
from scripts.deploy.doctor.questions import Question
from scripts.deploy.findings import Level
from scripts.deploy.inside import program
from scripts.deploy.outcome import Stop
from scripts.deploy.status.parts import Part

_TIMEOUT_S = 30
JOBS = Question("jobs", lambda _row: None)
_MANY_JOBS = 1000
_LONG_WAIT_S = 600
_OK = 200
_SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? ([0-9.e+-]+)")
_LABEL = re.compile(r'(\w+)="([^"]*)"')
Look = Mapping[str, Any]


def look(compose: Compose, running: state.State | None) -> Look | None:
    """Ask a container of the shop; any that has the reports will do when the web server is down."""
    host = compose.site.setting("DOMAIN")
    colors = [f"web-{running.color}"] if running else []
    for service in [*colors, "scheduler", "worker", "backup"]:
        command = ["python3", "-S", "-c", program("look"), host, "/srv/reports"]
        try:
            said = compose.exec(service, *command, check=False, timeout=_TIMEOUT_S)
            if said.returncode == 0:
                found: Look = json.loads(said.stdout)
                return found
        except (Stop, ValueError):
            continue
    return None


def shop(found: Look | None) -> Part:
    ready: Mapping[str, Any] = {"status": 0, "body": "no container of the shop runs"}
    ready = found["ready"] if found else ready
    if not ready["status"]:
        text = f"does not answer: {ready['body']}"
        return Part(name="shop", level=Level.RED, text=text, facts={"checks": {}})
    try:
        answer = json.loads(ready["body"])
        checks = dict(answer["checks"])
    except (ValueError, KeyError, TypeError):
        text = f"answers with {ready['status']} and says nothing more"
        return Part(name="shop", level=Level.RED, text=text, facts={"checks": {}})
    wrong = [f"{name} {outcome}" for name, outcome in checks.items() if outcome != "ok"]
    is_serving = ready["status"] == _OK
    level = Level.RED if not is_serving else Level.AMBER if wrong else Level.GREEN
    text = f"{answer['status']}, {ready['ms']} ms"
    if wrong:
        text += f": {', '.join(wrong)}"
    return Part(name="shop", level=level, text=text, facts={"checks": checks})


def jobs(psql: Psql) -> Part:
    """Ask the database itself: it is there when the shop does not answer."""
    try:
        answer = psql.ask([JOBS], {})[JOBS.name]
        (row,) = answer.rows
    except (DatabaseSilent, KeyError, ValueError):
        return Part(name="jobs", level=Level.HINT, text="unknown while the database is silent")
    is_slow = row["waiting"] > _MANY_JOBS or row["oldest_s"] > _LONG_WAIT_S
    text = f"{row['waiting']} waiting"
    if row["waiting"]:
        text += f", the longest for {span(row['oldest_s'])}"
    text += f", {row['failed']} failed since yesterday"
    level = Level.AMBER if is_slow or row["failed"] else Level.GREEN
    return Part(name="jobs", level=level, text=text, facts=row)


def books(found: Look | None) -> Part | None:
    """Return a part only when stock or money do not add up, which is never to be seen."""
    lines = found["metrics"] if found else []
    breaches = {
        labels["invariant"]: int(value)
        for labels, value in samples(lines, "nexus_invariant_breaches")
        if value
    }
    if not breaches:
        return None
    text = ", ".join(f"{name} ({rows} rows)" for name, rows in breaches.items())
    return Part(
        name="books",
        level=Level.RED,
        text=f"{text} do not add up: manage.py check_invariants",
        facts={"breaches": breaches},
    )


def samples(lines: Sequence[str], name: str) -> list[tuple[dict[str, str], float]]:
    """Return labels and value of each sample of a metric in the text format of Prometheus."""
    found = []
    for line in lines:
        sample = _SAMPLE.fullmatch(line)
        if sample and sample[1] == name:
            found.append((dict(_LABEL.findall(sample[2] or "")), float(sample[3])))
    return found
