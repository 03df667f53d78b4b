"""`secrets`: what there is, and changing one while the shop serves. A value is never shown."""

import argparse
import stat
from datetime import UTC, datetime

from scripts.deploy import screen, secret_files, terminal
from scripts.deploy.amounts import ago
from scripts.deploy.findings import Level
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.preflight.secret_files import declared
from scripts.deploy.rotation import running
from scripts.deploy.rotation.recipes import MADE_OF, SIGNING, Rotation
from scripts.deploy.rotation.stack import RunningStack
from scripts.deploy.site import Site

HELP = "List the secrets, or change one while the shop serves. No value is ever shown."
_NAME_WIDTH = 28
_AFTER = (
    "What the last key signed is still good. When that has ended (after 30 days), or at once if the"
    " key may be known to somebody: scripts/deploy.sh secrets retire {}"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=("list", "rotate", "retire"),
        help="retire: from now on the key before the present one verifies nothing any more",
    )
    parser.add_argument("name", nargs="?", default="", help="which secret; list shows the names")
    parser.add_argument(
        "--at-once",
        action="store_true",
        help="the present signing key is known to somebody: what it signed ends now",
    )


def changes(options: argparse.Namespace) -> bool:
    return bool(options.action != "list")


def run(site: Site, options: argparse.Namespace) -> int:
    if options.action == "list":
        return _list(site)
    if not options.name:
        raise Stop("which secret?", Code.USAGE, hint="scripts/deploy.sh secrets list")
    if options.at_once and options.name not in SIGNING:
        raise Stop(f"--at-once is for {' and '.join(SIGNING)}", Code.USAGE)
    if options.action == "retire":
        return _retire(site, options)
    rotation = Rotation(site, RunningStack(site), options.name, at_once=options.at_once)
    if options.dry_run:
        for number, step in enumerate(running.remaining(site, rotation), start=1):
            terminal.say(f"{number}. {step.name}")
        return Code.DONE
    running.rotate(site, rotation)
    terminal.say(f"{options.name} is changed.")
    if options.name in SIGNING and not options.at_once:
        terminal.say(_AFTER.format(options.name))
    return Code.DONE


def _list(site: Site) -> int:
    rows = [_row(site, name) for name in sorted({*declared(site), *secret_files.MADE_HERE})]
    for row in rows:
        level = Level.GREEN if row["is_right"] else Level.RED
        text = f"{row['age']}{row['note']}"
        screen.line(level, str(row["name"]), text, name_width=_NAME_WIDTH)
    note = running.under_way(site)
    if note:
        text = f"its change was stopped half-way: scripts/deploy.sh secrets rotate {note['secret']}"
        screen.line(Level.AMBER, note["secret"], text, name_width=_NAME_WIDTH)
    terminal.result({"secrets": rows, "under_way": note})
    return Code.DONE


def _row(site: Site, name: str) -> dict[str, str | bool]:
    path = site.secrets / name
    if not path.exists():
        return {"name": name, "age": "is not there", "note": "", "is_right": False}
    status = path.stat()
    is_right = stat.S_IMODE(status.st_mode) == secret_files.MODE
    note = f", made of {MADE_OF[name]}" if name in MADE_OF else ""
    if not status.st_size:
        note += ", empty"
    if not is_right:
        note += f", mode {stat.S_IMODE(status.st_mode):04o} instead of 0440"
    age = f"changed {ago(datetime.fromtimestamp(status.st_mtime, UTC))}"
    return {"name": name, "age": age, "note": note, "is_right": is_right}


def _retire(site: Site, options: argparse.Namespace) -> int:
    if options.name not in SIGNING:
        raise Stop(f"only {' and '.join(SIGNING)} have a key before", Code.USAGE)
    if running.under_way(site):
        raise Stop("a change was stopped half-way", Code.REFUSED, hint="secrets list names it")
    if options.dry_run:
        terminal.say(f"1. Empty {options.name}_previous\n2. Tell the shop")
        return Code.DONE
    secret_files.write(site, f"{options.name}_previous", "")
    RunningStack(site).restart_shop()
    terminal.say(f"What the {options.name} before signed is not accepted any more.")
    return Code.DONE
