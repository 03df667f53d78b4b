"""The certificate from day to day: renewed twice a day if it is time, and handed to nginx."""

import json
import random
import time
from datetime import UTC, datetime
from pathlib import Path

from scripts.stack.certbot import authority
from scripts.stack.certbot.authority import Failed, Wish
from scripts.stack.certbot.pairs import CURRENT, Pair, Refused, bootstrap

HALF_DAY_SECONDS = 12 * 60 * 60
# The first comes soon after a start, but not while whoever installs the shop does it by hand.
FIRST_SECONDS = (5 * 60, 15 * 60)
AGAIN_SECONDS = (60 * 60, 2 * 60 * 60)  # after a failure: an authority forgives five an hour
ALIVE_SECONDS = 30


class Keeper:
    """`tls` is what nginx sees, `reports` where the outcome is written down."""

    def __init__(self, wish: Wish, *, tls: Path, reports: Path) -> None:
        self.wish = wish
        self.tls = tls
        self.reports = reports

    def begin(self) -> None:
        """See that nginx has something to start with. Raises Refused."""
        try:
            Pair.read(self.tls / CURRENT).check(self.wish.name)
        except Refused:
            if not self.wish.exists or not self._hands_over():
                bootstrap(self.wish.name).publish(self.tls)

    def try_once(self) -> str | None:
        """Get or renew the certificate and hand it over; return what went wrong, if anything."""
        error = None
        try:
            if self.wish.exists:
                authority.renew(self.wish)
            else:
                authority.issue(self.wish)
        except Failed as failed:
            error = str(failed)
        try:
            self.hand_over()  # also what an earlier run could not
        except Refused as refused:
            error = error or str(refused)
        self.note(error)
        return error

    def hand_over(self) -> bool:
        """Give the newest pair to nginx, if it is good; tell whether it is new. Raises Refused."""
        pair = Pair.read(self.wish.lineage)
        pair.check(self.wish.name)
        return pair.publish(self.tls)

    def note(self, error: str | None) -> None:
        """Write down how it ended. Raises nothing: the certificate matters more."""
        outcome = {"tried_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "error": error}
        partial = self.reports / ".renewal.partial"
        try:
            partial.write_text(json.dumps(outcome), encoding="utf-8")
            partial.replace(self.reports / "renewal.json")
        except OSError as failed:
            say(f"the report could not be written: {failed}")

    def keep(self, alive: Path) -> None:
        """Do it all, for ever; `alive` is touched twice a minute."""
        self.begin()
        due = time.monotonic() + random.uniform(*FIRST_SECONDS)  # noqa: S311
        while True:
            alive.touch()
            if time.monotonic() >= due:
                error = self.try_once()
                say(error or "nothing is wrong")
                wait = AGAIN_SECONDS if error else (0.8 * HALF_DAY_SECONDS, 1.2 * HALF_DAY_SECONDS)
                due = time.monotonic() + random.uniform(*wait)  # noqa: S311
            time.sleep(ALIVE_SECONDS)

    def _hands_over(self) -> bool:
        try:
            self.hand_over()
        except Refused as refused:
            say(str(refused))
            return False
        return True


def say(line: str) -> None:
    print(f"certbot: {line}", flush=True)
