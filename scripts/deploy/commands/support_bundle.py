"""`support-bundle`: one file with what is needed to help from afar, without secrets."""

import argparse
from pathlib import Path

from scripts.deploy import terminal
from scripts.deploy.amounts import now, size
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site
from scripts.deploy.support.bundle import pack
from scripts.deploy.support.contents import contents
from scripts.deploy.support.redactor import Redactor

HELP = "Collect versions, settings, logs and findings in one file, with secrets blanked."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="where (in .production/support, by its time)"
    )
    parser.add_argument(
        "--since", default="24h", metavar="TIME", help="how far back the logs go (24h)"
    )


def run(site: Site, options: argparse.Namespace) -> int:
    target = options.output or _usual(site)
    try:
        redactor = Redactor(site.secrets)
    except OSError as error:
        reason = f"{error.filename} cannot be read: {error.strerror}"
        raise Stop(f"{reason}, so it could not be blanked", hint="Use sudo.") from error
    try:
        missing = pack(target, contents(site, redactor, since=options.since))
    except OSError as error:
        raise Stop(f"{target} cannot be written: {error.strerror}") from error
    terminal.say(f"{target} ({size(target.stat().st_size)})")
    terminal.say("Secrets and e-mail addresses are blanked; read it before you send it.")
    terminal.result({"file": str(target), "missing": missing})
    return Code.DONE


def _usual(site: Site) -> Path:
    site.prepare()
    folder = site.production / "support"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"nexus-support-{now():%Y%m%dT%H%M%SZ}.tar.gz"
