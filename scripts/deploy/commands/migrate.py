"""`migrate`: the tables of the release that runs, or of the images of another."""

import argparse

from scripts.deploy import state as states
from scripts.deploy import terminal
from scripts.deploy.compose import Compose
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.rollout import checks
from scripts.deploy.site import Site

HELP = (
    "Show the pending migrations (plan), apply them (run), or tell whether there are any (check)."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["plan", "run", "check"])


def changes(options: argparse.Namespace) -> bool:
    return bool(options.action == "run")


def run(site: Site, options: argparse.Namespace) -> int:
    if states.load(site) is None:
        raise Stop("nothing runs here yet", Code.REFUSED, hint="scripts/deploy.sh init starts it")
    compose = Compose(site)
    if options.action == "run" and not options.dry_run:
        with terminal.step("Migrating the database"):
            checks.migrate(compose)
        return Code.DONE
    flag = "--check" if options.action == "check" else "--plan"
    ended = compose.tool("migrate", "python", "manage.py", "migrate_safe", flag, check=False)
    terminal.say((ended.stdout + ended.stderr).strip())
    return Code.DONE if ended.returncode == 0 else Code.FAILED
