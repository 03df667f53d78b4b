"""`python3 -m scripts.stack.certbot keep|issue|renew|revoke`, in the container of certbot."""

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from scripts.stack.certbot import authority
from scripts.stack.certbot.authority import Failed, Wish
from scripts.stack.certbot.keeper import Keeper, say
from scripts.stack.certbot.pairs import CHAIN, Refused

REASONS = ("keycompromise", "superseded", "cessationofoperation", "unspecified")


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    wish = Wish.of(os.environ)
    if options.server:
        wish = replace(wish, server=options.server)
    keeper = Keeper(wish, tls=options.tls, reports=options.reports)
    try:
        return _run(keeper, options)
    except (Failed, Refused) as error:
        keeper.note(str(error))
        say(str(error))
        return 1


def _run(keeper: Keeper, options: argparse.Namespace) -> int:
    if options.action == "keep":
        keeper.keep(options.alive)
    elif options.action == "issue":
        authority.issue(keeper.wish, is_forced=options.force, is_rehearsal=options.rehearsal)
        if options.rehearsal:
            say("the authority would have given one")
        else:
            _hand_over(keeper)
    elif options.action == "revoke":
        _revoke(keeper, options.reason)
    elif error := keeper.try_once():
        raise Failed(error)
    return 0


def _hand_over(keeper: Keeper) -> None:
    is_new = keeper.hand_over()
    keeper.note(None)
    say("nginx has a new certificate" if is_new else "nginx has this certificate already")


def _revoke(keeper: Keeper, reason: str) -> None:
    """Replace it first, with a new key, so that nobody is shown a void one."""
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder, CHAIN)
        old.write_bytes((keeper.wish.lineage / "cert.pem").read_bytes())
        authority.issue(keeper.wish, is_forced=True)
        _hand_over(keeper)
        authority.revoke(keeper.wish, old, reason=reason)
    say("the certificate before is revoked")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts.stack.certbot", description=__doc__)
    parser.add_argument("--server", default="", help="the directory of another ACME server")
    parser.add_argument("--tls", type=Path, default=Path("/tls"))
    parser.add_argument("--reports", type=Path, default=Path("/srv/reports"))
    actions = parser.add_subparsers(dest="action", required=True)
    keep = actions.add_parser("keep", help="renew twice a day, for ever")
    keep.add_argument("--alive", type=Path, default=Path(tempfile.gettempdir(), "alive"))
    issue = actions.add_parser("issue", help="get a certificate now")
    issue.add_argument("--force", action="store_true", help="also if the one there is lasts")
    issue.add_argument("--rehearsal", action="store_true", help="from a test server; keep nothing")
    actions.add_parser("renew", help="what `keep` does twice a day")
    revoke = actions.add_parser("revoke", help="replace the certificate, then declare it void")
    revoke.add_argument("--reason", choices=REASONS, default="unspecified")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
