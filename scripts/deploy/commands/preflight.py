"""`preflight`: whether this machine can run the shop. It changes nothing."""

import argparse

from scripts.deploy import screen, terminal
from scripts.deploy.findings import Level
from scripts.deploy.outcome import Code
from scripts.deploy.preflight.checks import CHECKS, examine
from scripts.deploy.site import Site

HELP = "Tell whether this machine can run the shop: each thing that is wrong, why, what to do."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--skip",
        action="append",
        default=[],
        choices=sorted(CHECKS),
        help="leave a check out, such as dns behind a balancer; may be given several times."
        " PREFLIGHT_SKIP=dns,clock in .env.prod does so for every run",
    )


def run(site: Site, options: argparse.Namespace) -> int:
    found = examine(site, skip=options.skip)
    screen.findings(found)
    refused, doubted, good = (
        sum(finding.level is level for finding in found)
        for level in (Level.RED, Level.AMBER, Level.GREEN)
    )
    terminal.say()
    if refused:
        verdict = f"Not ready: {refused} to put right, {doubted} in doubt, {good} good."
        terminal.say(screen.paint(verdict, Level.RED))
    else:
        verdict = f"Ready: {good} good, {doubted} in doubt."
        terminal.say(screen.paint(verdict, Level.AMBER if doubted else Level.GREEN))
    terminal.result({"findings": [finding.as_json() for finding in found]})
    return Code.REFUSED if refused else Code.DONE
