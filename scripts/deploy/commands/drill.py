"""`drill`: rehearse the disaster and measure it."""

import argparse
import json

from scripts.deploy import backups, terminal
from scripts.deploy.outcome import Code
from scripts.deploy.site import Site

HELP = "Restore the newest backup beside the shop, compare every byte, and measure RTO and RPO."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("set", nargs="?", default="newest", help="another set than the newest")


def run(site: Site, options: argparse.Namespace) -> int:
    with terminal.step(f"Restoring {options.set} and comparing"):
        done = backups.call(site, "drill", options.set, "--json")
    measured = json.loads(done.stdout)
    terminal.say(
        f"{measured['set']} is identical to the byte: {measured['tables']} tables, "
        f"{measured['rows']} rows, {measured['files']} files."
    )
    terminal.say(f"RTO {measured['rto_seconds']} s, RPO {measured['rpo_seconds']} s.")
    terminal.result(measured)
    return Code.DONE
