"""Finds the command and runs it; one that changes things has the lock and a line in the journal."""

import argparse
import importlib
import pkgutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from scripts.deploy import commands, journal, lock, terminal
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import CHECKOUT, Site

EXIT_CODES = """\
exit codes:
  0 done, or green                  4 another run holds the lock
  1 failed, nothing changed         5 the deploy failed and was taken back
  2 wrong use                       6 needs a hand
  3 refused by preflight            10 amber, 20 red (status, doctor)
"""


class Command(Protocol):
    """A module of `commands`. One that changes things also has `changes(options) -> bool`."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, site: Site, options: argparse.Namespace) -> int: ...


def found() -> dict[str, Command]:
    """Return the commands by the name they are called by: support_bundle is `support-bundle`."""
    return {
        name.replace("_", "-"): cast(
            "Command", importlib.import_module(f"{commands.__name__}.{name}")
        )
        for _, name, is_package in sorted(pkgutil.iter_modules(commands.__path__))
        if not is_package and not name.startswith("_")
    }


def parser_of(known: dict[str, Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/deploy.sh",
        description="Runs an installation of the shop.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--site", type=Path, default=CHECKOUT, help=argparse.SUPPRESS)
    subparsers = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, command in known.items():
        subparser = subparsers.add_parser(
            name,
            help=command.HELP,
            description=command.HELP,
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        subparser.add_argument("--json", action="store_true", help="one JSON document at the end")
        if hasattr(command, "changes"):
            subparser.add_argument(
                "--dry-run", action="store_true", help="say what would be done, and change nothing"
            )
        command.add_arguments(subparser)
    return parser


def main(arguments: Sequence[str]) -> int:
    known = found()
    options = parser_of(known).parse_args(arguments)
    terminal.use_json(is_json=options.json)
    command, site = known[options.command], Site(options.site)
    message, hint = "", ""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        code = _run(command, site, options, " ".join(arguments))
    except Stop as stop:
        code, message, hint = stop.code, stop.message, stop.hint
    except KeyboardInterrupt:
        code, message = Code.FAILED, "stopped by a signal"
    terminal.end(command=options.command, code=code, message=message, hint=hint)
    return int(code)


def _run(command: Command, site: Site, options: argparse.Namespace, line: str) -> int:
    changes = getattr(command, "changes", None)
    if changes is None or options.dry_run or not changes(options):
        return command.run(site, options)
    with lock.held(site, line):
        entry = journal.Entry(site, line)
        try:
            code = command.run(site, options)
        except Stop as stop:
            entry.close(code=stop.code, message=stop.message.splitlines()[0])
            raise
        except BaseException as error:
            entry.close(code=Code.FAILED, message=type(error).__name__)
            raise
        entry.close(code=code)
        return code


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
