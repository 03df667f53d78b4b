"""`restore`: a set, or a point in time, beside the live shop or in its place."""

import argparse
import json
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from scripts.deploy import backups, terminal
from scripts.deploy.compose import docker_output
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import SECRETS_GROUP, Site

HELP = "Restore a backup beside the live shop, and put it in its place if asked to."
_LEFT = re.compile(r"nexus_(before|restored)_\d{8}_\d{6}")
_BARE_IMAGE = "nexus-backup:bare"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("set", nargs="?", default="newest", help="which set (the newest proven)")
    parser.add_argument("--at", metavar="TIME", help="that moment instead, such as " + _EXAMPLE)
    parser.add_argument("--to", metavar="DATABASE", help="name of the new database")
    parser.add_argument(
        "--swap",
        action="store_true",
        help="put it in the live database's place, which is kept under another name",
    )
    parser.add_argument(
        "--files", action="store_true", help="also put missing media and certificates back"
    )
    parser.add_argument(
        "--forget", metavar="DATABASE", help="drop a database that an earlier restore left"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before the swap")
    parser.add_argument(
        "--bare",
        metavar="FOLDER",
        help="on an empty machine: bring settings and secrets back from the set in this folder",
    )
    parser.add_argument("--identity", metavar="FILE", help="with --bare: the key of the backups")


_EXAMPLE = "2026-11-24T18:30:00Z"


def changes(options: argparse.Namespace) -> bool:  # noqa: ARG001
    return True


def run(site: Site, options: argparse.Namespace) -> int:
    if options.bare or options.forget:
        return (_bare if options.bare else _forget)(site, options)
    if options.at and options.set != "newest":
        raise Stop("give a set or a time, not both", Code.USAGE)
    name = options.to or f"nexus_restored_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    what = f"the state of {options.at}" if options.at else f"set {options.set}"
    if options.dry_run:
        place = "the live database's place" if options.swap else f"the new database {name}"
        terminal.say(f"{what} would be restored, compared, and put into {place}.")
        _preview(site, options)
        return Code.DONE
    if options.swap:
        _preview(site, options)
    if options.swap and not options.yes:
        _ask(site)
    with terminal.step(f"Restoring {what} into {name} and comparing"):
        script = _beside(site, options, name)
    if options.files:
        with terminal.step("Putting missing media and certificates back"):
            backups.call_as_root(site, "restore", options.set, "--to", "place")
    if not options.swap:
        terminal.say(f"{what} is in the database {name}; the live one is untouched.")
        terminal.result({"database": name, "swapped": False})
        return Code.DONE
    with terminal.step("Swapping"):
        kept = backups.adopt(site, script)
    terminal.say(f"The shop is on the restored database; the one before is kept as {kept}.")
    terminal.say(f"Once all is well: scripts/deploy.sh restore --forget {kept}")
    terminal.result({"database": name, "swapped": True, "kept": kept})
    return Code.DONE


def _beside(site: Site, options: argparse.Namespace, name: str) -> str:
    """Restore beside the live database and return the script that would make it the live one."""
    if options.at:
        command = ["pitr", "--at", options.at, "--to", name, "--adoption"]
    else:
        command = ["restore", options.set, "--to", "database", name, "--adoption"]
    return backups.call(site, *command).stdout


def _preview(site: Site, options: argparse.Namespace) -> None:
    """Say what the set has, and what of the live database it has not; a moment has no figures."""
    if options.at:
        return
    try:
        said = backups.call(site, "preview", options.set).stdout
    except Stop as stop:
        terminal.say(f"What is in it cannot be told: {stop.message}")
        return
    for line in said.strip().splitlines():
        terminal.say(line)


def _forget(site: Site, options: argparse.Namespace) -> int:
    if not _LEFT.fullmatch(options.forget):
        raise Stop(f"{options.forget} is no database that a restore left", Code.USAGE)
    if options.dry_run:
        terminal.say(f"The database {options.forget} would be dropped.")
        return Code.DONE
    backups.drop(site, options.forget)
    terminal.say(f"The database {options.forget} is dropped.")
    return Code.DONE


def _ask(site: Site) -> None:
    domain = site.setting("DOMAIN", "the shop")
    if not sys.stdin.isatty():
        raise Stop("a swap replaces the live database", Code.USAGE, hint="--yes says you mean it")
    terminal.say(f"What {domain} took in since the backup will be in the old database alone.")
    if input(f"Type {domain} to go on: ").strip() != domain:
        raise Stop("not confirmed; nothing was changed")


def _bare(site: Site, options: argparse.Namespace) -> int:
    """Bring the configuration back, so that `init` has something to start from."""
    folder = Path(options.bare).resolve()
    if not options.identity or not Path(options.identity).is_file():
        raise Stop("--bare needs the key of the backups", Code.USAGE, hint="--identity FILE")
    if not (folder / "manifest.json").is_file():
        raise Stop(f"{folder} is no backup: it has no manifest.json", Code.USAGE)
    if options.dry_run:
        terminal.say(f".env.prod and .production would be brought back from {folder.name}.")
        return Code.DONE
    identity = Path(options.identity).resolve()
    with terminal.step("Building the backup tool"):
        file = site.root / "Dockerfile.prod"
        build = f"docker build --quiet --target backup --tag {_BARE_IMAGE}".split()
        docker_output([*build, "--file", str(file), str(site.root)])
    with terminal.step("Bringing settings and secrets back"):
        mounts = (
            f"{folder}:/backups/{folder.name}",
            f"{site.root}:/config",
            f"{identity}:/identity:ro",
        )
        settings = ("BACKUP_AGE_IDENTITY_FILE=/identity", "PGHOST=none", "PGDATABASE=none")
        docker_output(
            [
                *["docker", "run", "--rm", "--user", "0:0", "--network", "none"],
                *(part for mount in mounts for part in ("--volume", mount)),
                *(part for setting in settings for part in ("--env", setting)),
                *(_BARE_IMAGE, "restore", folder.name),
                *["--to", "place", "--part", "configuration"],
            ]
        )
    # It tells of containers and volumes that are not here: init must begin from the start.
    if site.state_file.exists():
        site.state_file.replace(site.production / "state.lost.json")
    kept = site.secrets / "backup_age_identity"
    shutil.copyfile(identity, kept)
    shutil.chown(kept, "root", SECRETS_GROUP)
    kept.chmod(0o440)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for line in (
        f"Settings and secrets are back. The set is of release {manifest['release']}, commit",
        f"{manifest['revision']}; check that out unless it is. Then:",
        "  scripts/deploy.sh init",
        f"  scripts/deploy.sh backup import {folder}",
        f"  scripts/deploy.sh restore {folder.name} --swap --files --yes",
    ):
        terminal.say(line)
    return Code.DONE
