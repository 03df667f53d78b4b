"""`doctor`: what ails the shop, its database and what stands around it."""

import argparse

from scripts.deploy import connections, screen, terminal
from scripts.deploy.amounts import size
from scripts.deploy.commands.status import CODES
from scripts.deploy.compose import Compose
from scripts.deploy.doctor import access, database, redis, surroundings
from scripts.deploy.doctor.questions import Row, Thresholds
from scripts.deploy.findings import Finding, Level, worst
from scripts.deploy.site import Site
from scripts.deploy.status.gather import gather

HELP = (
    "Look closely: all of status, PostgreSQL, Redis, nginx, the last errors; what to do about it."
)
_NAME_WIDTH = 24
_TABLES_SHOWN = 6
# Where to look first, by the part of the status.
_ADVICE = {
    "release": "scripts/deploy.sh history; scripts/deploy.sh deploy straightens what was stopped.",
    "containers": "scripts/deploy.sh logs, with the name of the service.",
    "shop": "scripts/deploy.sh logs --level warning --since 1h",
    "jobs": "scripts/deploy.sh logs worker scheduler --level error --since 24h",
    "books": "scripts/manage.sh check_invariants names the rows; do not repair them by hand.",
    "certificate": "scripts/deploy.sh cert status; scripts/deploy.sh logs certbot",
    "backup": "scripts/deploy.sh logs backup; then scripts/deploy.sh backup run",
    "drill": "scripts/deploy.sh drill",
    "disk": "docker image prune --all; fewer backups; a larger disk.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--slow-ms",
        type=float,
        default=Thresholds.slow_ms,
        help=f"from which mean on a statement is slow ({Thresholds.slow_ms:.0f})",
    )


def run(site: Site, options: argparse.Namespace) -> int:
    found, tables = look(
        site, Thresholds(slow_ms=options.slow_ms, app_connections=connections.needed(site))
    )
    found.sort(key=lambda finding: -finding.level)
    screen.findings(found, name_width=_NAME_WIDTH)
    if found:
        terminal.say()
    _show_tables(tables)
    level = worst(finding.level for finding in found)
    counts = [
        f"{number} {at_level.label}"
        for at_level in (Level.RED, Level.AMBER, Level.HINT)
        if (number := sum(finding.level is at_level for finding in found))
    ]
    verdict = f"{level.label.upper()}  {', '.join(counts) or 'nothing ails the shop'}"
    terminal.say(screen.paint(verdict, level))
    terminal.result(
        {
            "status": level.label,
            "findings": [finding.as_json() for finding in found],
            "tables": tables,
        }
    )
    return CODES[level]


def look(site: Site, thresholds: Thresholds) -> tuple[list[Finding], list[Row]]:
    """Return all findings, and the largest tables. Raises Stop for settings that are odd."""
    compose = Compose(site)
    found = _of_status(site)
    psql, is_managed = access.access(compose)
    found += database.examine(psql, thresholds=thresholds, is_managed=is_managed)
    tables, growing = surroundings.growth(site, database.sizes(psql))
    found += growing
    found += redis.examine(compose)
    found += surroundings.nginx(compose)
    found += surroundings.clock(site)
    found += surroundings.firewall(site)
    found += surroundings.errors(compose)
    return found, tables


def _of_status(site: Site) -> list[Finding]:
    return [
        Finding(
            level=part.level,
            check=f"status.{part.name.replace(' ', '_')}",
            what=f"{part.name}: {part.text}"
            + "".join(f"; {text}" for level, text in part.cells if level > Level.HINT),
            advice=_ADVICE[part.name],
        )
        for part in gather(site)
        if part.level > Level.HINT
    ]


def _show_tables(tables: list[Row]) -> None:
    for row in tables[:_TABLES_SHOWN]:
        daily = row["bytes_a_day"]
        grows = f", {'+' if daily >= 0 else '−'}{size(abs(daily))} a day" if daily else ""
        text = f"{size(row['bytes'])}, {row['rows']} rows{grows}"
        terminal.say(f"  {row['relation']:<{_NAME_WIDTH}}  {screen.dim(text)}")
    if tables:
        terminal.say()
