"""`history`: what was done to this installation."""

import argparse

from scripts.deploy import journal, terminal
from scripts.deploy.site import Site

HELP = "Show the last runs of changing commands: when, who, what, how it ended."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--last", type=int, default=20, metavar="N", help="how many (20)")


def run(site: Site, options: argparse.Namespace) -> int:
    runs = journal.lines(site)[-options.last :] if options.last > 0 else []
    for entry in runs:
        terminal.say(
            f"{entry['at']}  {entry['who']:<12} {entry['command']:<32}"
            f" {entry['seconds']:>7.1f} s  {entry['result']}"
        )
    terminal.result({"runs": runs})
    return 0
