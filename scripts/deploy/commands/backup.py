"""`backup`: make, list, prove and prune backups."""

import argparse
import json
from pathlib import Path

from scripts.deploy import backups, terminal
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site

HELP = "Back the shop up; a backup counts once it was restored in full and compared."
_ACTIONS = {
    "run": "make a set and prove it",
    "list": "list sets and base backups",
    "verify": "prove a set again (the newest)",
    "prune": "delete what retention lets go",
    "base": "make a base backup, from which archived changes lead on",
    "wal": "encrypt and copy archived changes, and look for gaps",
    "fetch": "bring a set back from the other machine",
    "import": "take in a set from a folder of this machine",
    "check-remote": "compare the copies on the other machine",
}
_WITH_NAME = {"verify", "fetch", "import"}
_READING = {"list", "check-remote"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    told = "; ".join(f"{name}: {what}" for name, what in _ACTIONS.items())
    parser.add_argument("action", nargs="?", default="run", choices=_ACTIONS, help=told)
    parser.add_argument(
        "set", nargs="?", help="for verify and fetch its name, for import its folder"
    )
    parser.add_argument(
        "--accept-loss",
        action="store_true",
        help="for run: also when most users, products or orders of the last good set are gone",
    )


def changes(options: argparse.Namespace) -> bool:
    return options.action not in _READING


def run(site: Site, options: argparse.Namespace) -> int:
    if options.set and options.action not in _WITH_NAME:
        raise Stop(f"backup {options.action} takes no name", Code.USAGE)
    if options.action in {"fetch", "import"} and not options.set:
        raise Stop(f"backup {options.action} needs a name", Code.USAGE)
    if options.accept_loss and options.action != "run":
        raise Stop(f"backup {options.action} takes no --accept-loss", Code.USAGE)
    if options.action == "list":
        return _list(site)
    if options.dry_run and options.action != "prune":
        terminal.say(f"backup {options.action} would {_ACTIONS[options.action]}.")
        return Code.DONE
    with terminal.step(_ACTIONS[options.action].capitalize()):
        if options.action == "import":
            folder = Path(options.set).resolve()
            mount = f"{folder}:/incoming/{folder.name}:ro"
            done = backups.call_as_root(site, "import", f"/incoming/{folder.name}", mounts=(mount,))
        else:
            named = [options.set] if options.set else []
            dry = ["--dry-run"] if options.dry_run else []
            accepting = ["--accept-loss"] if options.accept_loss else []
            done = backups.call(site, options.action, *named, *dry, *accepting)
    terminal.say(done.stdout.strip())
    terminal.result({"action": options.action, "said": done.stdout.strip()})
    return Code.DONE


def _list(site: Site) -> int:
    found = json.loads(backups.call(site, "list", "--json").stdout)
    for one in found:
        state = f"verified {one['verified_at']}" if one["verified_at"] else "NOT VERIFIED"
        terminal.say(f"{one['kind']:5}{one['id']:44}{one['bytes'] / 1e6:10.1f} MB  {state}")
    if not found:
        terminal.say("There is no backup yet.")
    terminal.result({"sets": found})
    return Code.DONE
