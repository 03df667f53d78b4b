"""What stands around the database: nginx's files, the last errors, clock, growth of the tables."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from scripts.deploy.amounts import moment, now, size
from scripts.deploy.compose import Compose
from scripts.deploy.doctor.questions import Row
from scripts.deploy.findings import Finding, Level
from scripts.deploy.firewall import report
from scripts.deploy.logs import reading
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.preflight import machine
from scripts.deploy.site import Site, write_atomically

_NGINX_TIMEOUT_S = 30
_ERRORS_SINCE = "1h"
_MOST_ERRORS = 5
_FEW_ERRORS = 10
_KEPT = 60  # looks at the sizes of tables
_APART = timedelta(hours=12)  # looks nearer than this say nothing of growth
_FAST_BYTES = 1024**3  # a day
_PROCESS = re.compile(r"^\[\d+\] ")
# A periodic job whose last run still waits is not added again: this is how PostgreSQL says so.
_EXPECTED = "procrastinate_jobs_queueing_lock_idx"


def nginx(compose: Compose) -> list[Finding]:
    """Return why nginx would refuse its files at the next reload, nothing if it would not."""
    try:
        compose.exec("nginx", "nginx", "-t", "-q", timeout=_NGINX_TIMEOUT_S)
    except Stop as stop:
        said = [line.strip() for line in stop.message.splitlines()]
        reason = next((line for line in said if "[emerg]" in line), said[-1])
        return [
            Finding(
                level=Level.RED,
                check="nginx.files",
                where=".production/nginx",
                what=f"nginx would not start again: {reason}",
                why="It goes on with what it read before, until it is restarted or reloaded.",
                advice="scripts/deploy.sh deploy renders the files anew.",
            )
        ]
    return []


def errors(compose: Compose) -> list[Finding]:
    """Return the errors that the logs of the last hour hold most of."""
    try:
        entries = reading.entries(compose, [], since=_ERRORS_SINCE, tail="5000")
    except Stop as stop:
        what = f"The logs could not be read: {stop.message}"
        advice = "scripts/deploy.sh logs"
        return [Finding(level=Level.AMBER, check="logs.errors", what=what, advice=advice)]
    counted = Counter(
        (entry.service, _PROCESS.sub("", entry.text))
        for entry in entries
        if entry.is_error and _EXPECTED not in entry.text
    )
    return [
        Finding(
            level=Level.AMBER if times >= _FEW_ERRORS else Level.HINT,
            check="logs.errors",
            where=service,
            what=f"{times}× in the last hour, {service}: {text[:160]}",
            advice=f"scripts/deploy.sh logs {service} --level error --since {_ERRORS_SINCE}",
        )
        for (service, text), times in counted.most_common(_MOST_ERRORS)
    ]


def clock(site: Site) -> Iterator[Finding]:
    """Yield what preflight says of the clock, unless the operator has left that out."""
    if "clock" not in site.setting("PREFLIGHT_SKIP"):
        yield from (found for found in machine.clock(site) if found.level is not Level.GREEN)


def firewall(site: Site) -> Iterator[Finding]:
    """Yield what `firewall status` says amiss, to root alone, who may ask the kernel."""
    if os.geteuid() or "firewall" in site.setting("PREFLIGHT_SKIP"):
        return
    try:
        found = report.findings()
    except Stop as stop:
        found = [(Code.AMBER, f"the firewall cannot be asked: {stop.message}")]
    for code, what in found:
        if code is not Code.DONE:
            yield Finding(
                level=Level.RED if code is Code.RED else Level.AMBER,
                check="firewall",
                what=f"Firewall: {what}.",
                advice="scripts/deploy.sh firewall status, and apply; where somebody else filters,"
                " PREFLIGHT_SKIP=firewall in .env.prod.",
            )


def growth(site: Site, tables: Sequence[Row]) -> tuple[list[Row], list[Finding]]:
    """Return each table's size with its growth a day, and those that grow fast.

    The sizes are kept in .production/sizes.jsonl, which this adds a line to.
    """
    before = _looks(site)
    today = {row["relation"]: row["bytes"] for row in tables}
    line = json.dumps({"at": now().isoformat(timespec="seconds"), "bytes": today})
    if tables and site.production.is_dir():
        kept = [*(json.dumps(look) for look in before[-_KEPT + 1 :]), line]
        write_atomically(site.production / "sizes.jsonl", "\n".join(kept) + "\n")
    first = next((look for look in before if now() - _at(look) >= _APART), None)
    rows, found = [], []
    for row in tables:
        daily = _daily(first, row) if first else None
        rows.append({**row, "bytes_a_day": daily})
        if daily and daily > _FAST_BYTES:
            found.append(_grows(row["relation"], daily))
    return rows, found


def _looks(site: Site) -> list[Row]:
    try:
        text = (site.production / "sizes.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]
    except (FileNotFoundError, ValueError):
        return []


def _at(look: Row) -> datetime:
    return moment(look.get("at")) or now()


def _daily(first: Row, row: Row) -> int | None:
    """Return the bytes a day since the first look, None for a table that is new."""
    was = first["bytes"].get(row["relation"])
    days = (now() - _at(first)) / timedelta(days=1)
    return None if was is None else round((row["bytes"] - was) / days)


def _grows(relation: str, daily: int) -> Finding:
    return Finding(
        level=Level.AMBER,
        check="database.growth",
        where="db",
        what=f"{relation} grows by {size(daily)} a day.",
        why="The disk is full sooner than anybody expects.",
        advice="See whether the nightly jobs run that clear it, and how much disk is left.",
    )
