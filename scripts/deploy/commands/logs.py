"""`logs`: what the containers say, readable."""

import argparse
from collections.abc import Iterable

from scripts.deploy import terminal
from scripts.deploy.compose import Compose
from scripts.deploy.logs import reading
from scripts.deploy.logs.drawing import drawn
from scripts.deploy.logs.lines import LEVELS, Entry
from scripts.deploy.site import Site

HELP = "Show the logs of all services, or of some, as people read them; one request's with its id."
_USUAL_LINES = "200"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("service", nargs="*", help="such as web-blue, nginx, db; all without one")
    parser.add_argument(
        "--since", default="", metavar="TIME", help="such as 30m, 2h, 2026-05-04T10:00:00Z"
    )
    parser.add_argument(
        "--tail", metavar="N", help=f"the last N lines of each service ({_USUAL_LINES})"
    )
    parser.add_argument("-f", "--follow", action="store_true", help="go on until Ctrl-C")
    parser.add_argument(
        "--request-id",
        default="",
        metavar="ID",
        help="only what belongs to this request (X-Request-ID of the answer, or its beginning)",
    )
    parser.add_argument("--level", choices=LEVELS, default="debug", help="this level and above")
    parser.add_argument("--all", action="store_true", help="also the healthchecks' own requests")


def run(site: Site, options: argparse.Namespace) -> int:
    compose = Compose(site)
    # A request is looked for in all there is; otherwise the end is what one wants to see.
    is_bounded = options.since or options.request_id
    tail = options.tail or ("" if is_bounded else _USUAL_LINES)
    if options.follow:
        try:
            _show(reading.follow(compose, options.service, since=options.since, tail=tail), options)
        except KeyboardInterrupt:
            return 0
        return 0
    found = reading.entries(
        compose, options.service, since=options.since, tail=tail, holding=options.request_id
    )
    shown = _show(found, options)
    terminal.result({"entries": [_as_json(entry) for entry in shown]})
    return 0


def _show(entries: Iterable[Entry], options: argparse.Namespace) -> list[Entry]:
    """Print what is wanted, and return it unless it has no end."""
    shown = []
    for entry in entries:
        if _is_wanted(entry, options):
            for line in drawn(entry, with_id=not options.request_id):
                terminal.say(line)
            if not options.follow:
                shown.append(entry)
    return shown


def _is_wanted(entry: Entry, options: argparse.Namespace) -> bool:
    if options.request_id:
        return entry.request_id.startswith(options.request_id) or options.request_id in entry.text
    if entry.is_probe and not options.all:
        return False
    return entry.level not in LEVELS[: LEVELS.index(options.level)]


def _as_json(entry: Entry) -> dict[str, str]:
    return {
        "at": entry.at.isoformat() if entry.at else "",
        "service": entry.service,
        "level": entry.level,
        "text": entry.text,
        "request_id": entry.request_id,
        "detail": entry.detail,
    }
