"""`cert`: the certificate by hand; day by day certbot's container keeps it by itself."""

import argparse
import json
import time
from typing import Any

from scripts.deploy import terminal
from scripts.deploy.amounts import ago, moment
from scripts.deploy.compose import Compose
from scripts.deploy.findings import Level
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site
from scripts.deploy.status import reports
from scripts.deploy.status.parts import Part

HELP = "Get, renew, show or revoke the certificate that visitors are shown."
KEEPER = ("python3", "-B", "-m", "scripts.stack.certbot")
ISSUE_SECONDS = 300.0
SERVED_SECONDS = 30.0  # nginx looks every five for a new one
REASONS = ("keycompromise", "superseded", "cessationofoperation", "unspecified")
_SERIAL = "openssl x509 -noout -serial -in /tls/current/fullchain.pem"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    status = actions.add_parser("status", help="what is served, and the last renewal")
    issue = actions.add_parser("issue", help="get one now; one that lasts is kept")
    issue.add_argument("--force", action="store_true", help="also if the one there is lasts")
    issue.add_argument(
        "--staging",
        action="store_true",
        help="rehearse with the authority's test server, whose limits are wide, and keep nothing",
    )
    renew = actions.add_parser("renew", help="renew it if it is time, as happens twice a day")
    revoke = actions.add_parser("revoke", help="replace it, with a new key, and declare it void")
    revoke.add_argument("--reason", choices=REASONS, default="unspecified")
    for action in (issue, renew, revoke):
        action.add_argument("--server", default="", metavar="URL", help="another ACME directory")
        action.add_argument("--dry-run", action="store_true", default=argparse.SUPPRESS)
    for action in (status, issue, renew, revoke):
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS)


def changes(options: argparse.Namespace) -> bool:
    return str(options.action) != "status"


def run(site: Site, options: argparse.Namespace) -> int:
    compose = Compose(site)
    if options.action == "status":
        return _status(site, compose)
    command = [*KEEPER, *_arguments(options)]
    if options.dry_run:
        terminal.say(f"In certbot's container: {' '.join(command)}")
        return Code.DONE
    with terminal.step(f"Asking the authority for {site.setting('DOMAIN')}"):
        done = compose.exec("certbot", *command, check=False, timeout=ISSUE_SECONDS)
    said = [line.removeprefix("certbot: ") for line in done.stdout.strip().splitlines()]
    if done.returncode:
        raise Stop(
            "\n  ".join(said or done.stderr.strip().splitlines()[-3:]) or "certbot failed",
            hint="It keeps trying by itself; nginx keeps what it has. docs/RUNBOOK.md: certificate",
        )
    for line in said:
        terminal.progress(line)
    if not getattr(options, "staging", False):
        with terminal.step("Waiting until it is served"):
            _await_served(site, compose)
    return Code.DONE


def _arguments(options: argparse.Namespace) -> list[str]:
    server = ["--server", options.server] if options.server else []
    if options.action == "issue":
        force = ["--force"] if options.force else []
        rehearsal = ["--rehearsal"] if options.staging else []
        return [*server, "issue", *force, *rehearsal]
    reason = ["--reason", options.reason] if options.action == "revoke" else []
    return [*server, options.action, *reason]


def _status(site: Site, compose: Compose) -> int:
    part = reports.certificate(site, _report(compose, "certificate"))
    renewal = _report(compose, "renewal")
    terminal.say(f"{part.level.label}: {part.text}")
    terminal.say(_renewal(renewal))
    terminal.result({"certificate": part.as_json(), "renewal": renewal})
    return {Level.RED: Code.RED, Level.AMBER: Code.AMBER}.get(part.level, Code.DONE)


def _report(compose: Compose, name: str) -> dict[str, Any] | None:
    said = compose.exec("certbot", "cat", f"/srv/reports/{name}.json", check=False).stdout
    try:
        report: dict[str, Any] = json.loads(said)
    except ValueError:
        return None
    return report


def _renewal(report: dict[str, Any] | None) -> str:
    tried = moment((report or {}).get("tried_at"))
    if report is None or tried is None:
        return "No renewal was tried yet."
    return f"Last tried {ago(tried)}: {report.get('error') or 'nothing was wrong'}."


def _await_served(site: Site, compose: Compose) -> None:
    """Wait until visitors are shown what certbot handed over. Raises Stop."""
    serial = compose.exec("certbot", "sh", "-c", _SERIAL).stdout.strip().partition("=")[2].lower()
    deadline = time.monotonic() + SERVED_SECONDS
    while True:
        part: Part = reports.certificate(site, None)
        if str(part.facts.get("serial", "")).lower().lstrip("0") == serial.lstrip("0"):
            return
        if time.monotonic() > deadline:
            raise Stop(
                f"nginx has not taken the new certificate: {part.text}",
                hint="scripts/deploy.sh logs nginx says why",
            )
        time.sleep(0.5)
