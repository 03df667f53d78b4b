"""`maintenance`: answer everybody with 503 while something is done that cannot wait."""

import argparse

from scripts.deploy import rendering, terminal
from scripts.deploy.compose import Compose
from scripts.deploy.outcome import Code
from scripts.deploy.rollout import proxy
from scripts.deploy.site import Site, write_atomically

HELP = "Close the shop to everybody (503, with when to come back), or open it again."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["on", "off"])
    parser.add_argument(
        "--let-in",
        action="append",
        default=[],
        metavar="NETWORK",
        help="who still sees the shop, such as 203.0.113.7; may be given several times",
    )
    parser.add_argument(
        "--retry-after",
        type=int,
        default=rendering.MAINTENANCE_SECONDS,
        metavar="SECONDS",
        help=f"told to clients ({rendering.MAINTENANCE_SECONDS})",
    )


def changes(options: argparse.Namespace) -> bool:  # noqa: ARG001
    return True


def run(site: Site, options: argparse.Namespace) -> int:
    path = site.nginx / "site" / "maintenance.conf"
    text = rendering.maintenance(
        on=options.action == "on", let_in=options.let_in, seconds=options.retry_after
    )
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if text == before:
        terminal.say(f"Maintenance is {options.action} already.")
        return Code.DONE
    if options.dry_run:
        terminal.say(f"Maintenance would be turned {options.action}.")
        return Code.DONE
    write_atomically(path, text)
    try:
        with terminal.step(f"Turning maintenance {options.action}"):
            proxy.reload(Compose(site))
    except BaseException:
        write_atomically(path, before)
        raise
    return Code.DONE
