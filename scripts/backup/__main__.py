"""Backups of the shop: make, prove, restore, rehearse."""

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from scripts.backup import programs, restore
from scripts.backup.commands import COMMANDS, TO, say
from scripts.backup.faults import Fault
from scripts.backup.settings import from_environment

_WAIT = "how long to wait for another run to end (0)"
_LOSS = "also when the newest good set has more than twice the users, products or orders"
_PART = "with a folder or place: only this part; may be given several times"
_ADOPTION = "print the superuser's script that puts it in the live one's place and keeps that"


def parser() -> argparse.ArgumentParser:
    """Return the grammar of the command line."""
    top = argparse.ArgumentParser(prog="backup", description=__doc__)
    top.add_argument("--wait", type=float, default=0, metavar="SECONDS", help=_WAIT)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, told: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=told, description=told)

    command("run", "make a set, prove it by a full restore, prune, copy away").add_argument(
        "--accept-loss", action="store_true", help=_LOSS
    )
    command("list", "list the sets and base backups").add_argument("--json", action="store_true")
    command("verify", "prove a set by a full restore").add_argument(
        "set", nargs="?", default="newest"
    )
    command("preview", "tell what a restore of a set would bring back").add_argument(
        "set", nargs="?", default="newest"
    )
    prune = command("prune", "delete the sets that may go")
    prune.add_argument("--dry-run", action="store_true", help="delete nothing, say what would be")
    restoring = command("restore", "restore a set beside the live shop")
    restoring.add_argument("set", help="name of the set, or newest")
    restoring.add_argument("--to", nargs="+", metavar="KIND", help=TO)
    restoring.add_argument("--part", action="append", choices=restore.PARTS, help=_PART)
    restoring.add_argument("--adoption", action="store_true", help=_ADOPTION)
    point = command("pitr", "restore the state of a point in time into a new database")
    point.add_argument("--at", metavar="TIME", help="RFC 3339; the newest state where left out")
    point.add_argument("--to", required=True, metavar="DATABASE", help="name of the new database")
    point.add_argument("--adoption", action="store_true", help=_ADOPTION)
    rehearsal = command("drill", "rehearse a restore and print measured RTO and RPO")
    rehearsal.add_argument("set", nargs="?", default="newest")
    rehearsal.add_argument("--json", action="store_true")
    command("base", "make a base backup")
    command("wal", "encrypt and copy the archived changes, check them for gaps")
    command("fetch", "bring a set back from the other machine").add_argument("set")
    command("import", "take in a set from a folder").add_argument("folder")
    command("check-remote", "compare the copies on the other machine")
    command("loop", "do all of it at its time, for ever")
    command("health", "tell whether the loop and the newest set are well")
    return top


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Carry out a command and return its exit code: 0, or that of the fault."""
    options = parser().parse_args(arguments)
    try:
        with programs.faults_of_the_system():
            outcome = COMMANDS[options.command](from_environment(environ), options)
    except Fault as fault:
        say(f"FAILED ({type(fault).__name__}): {fault}")
        return fault.code
    return outcome or 0


def _stop(*_: object) -> NoReturn:
    sys.exit(143)  # so that what was begun is cleaned up


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(main(sys.argv[1:], os.environ))
