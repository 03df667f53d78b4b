"""`init`: from a checkout on a bare server to a shop behind HTTPS."""

import argparse
from pathlib import Path

from scripts.deploy import terminal
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.setup import steps
from scripts.deploy.setup.plan import Setup
from scripts.deploy.site import Site

HELP = "Set the shop up on this server, or go on where an earlier run stopped."

AFTERWARDS = """
Next:
  - keep a copy of .production/secrets elsewhere; without backup_age_identity no backup can be read
  - scripts/deploy.sh firewall apply  closes every port but those of SSH, HTTP and HTTPS
  - scripts/deploy.sh status          shows how everything fares"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--domain", help="the name people reach the shop under")
    parser.add_argument("--email", help="the certificate authority writes there")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="another line of .env.prod; may be given several times",
    )
    parser.add_argument("--yes", action="store_true", help="go ahead without asking")
    parser.add_argument("--admin-email", default="", help="the first account of the staff")
    parser.add_argument("--admin-password-file", type=Path, metavar="FILE")
    parser.add_argument(
        "--self-signed",
        action="store_true",
        help="keep the bootstrap certificate; nobody's browser trusts it",
    )


def changes(options: argparse.Namespace) -> bool:  # noqa: ARG001
    return True


def run(site: Site, options: argparse.Namespace) -> int:
    setup = Setup(site, options, given=_given(options))
    if options.dry_run:
        steps.explain(setup.steps())
        return Code.DONE
    if not options.yes and not site.env_file.exists():
        terminal.say(
            "This sets the shop up on this server: packages, images, database, web server."
        )
    number = steps.run(setup.steps())
    if number:
        terminal.say(f"\n{number} steps done. The shop is at https://{site.setting('DOMAIN')}/")
        terminal.say(AFTERWARDS)
    else:
        terminal.say("\nNothing to do: everything is as it should be.")
    terminal.result({"steps_done": number})
    return Code.DONE


def _given(options: argparse.Namespace) -> dict[str, str]:
    given = {"DOMAIN": options.domain, "ACME_EMAIL": options.email}
    for pair in options.set:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Stop(f"--set {pair}: is not KEY=value", Code.USAGE)
        given[name] = value
    return {name: value for name, value in given.items() if value}
