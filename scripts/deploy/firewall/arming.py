"""Applying rules with a way back that needs nobody: it is taken unless somebody confirms in time.

In /run/nexus-firewall, which a reboot empties:

    wanted.nft    the rules on trial
    before.nft    what to go back to: the confirmed rules, or none
    armed         while a trial runs: its token, when it ends (UTC) and the SSH session it began in
"""

import fcntl
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scripts.deploy.firewall import nft
from scripts.deploy.firewall.rules import NOTHING
from scripts.deploy.firewall.ssh import SYSTEMD_RUNS
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site, write_atomically

RUN = Path("/run/nexus-firewall")
CONFIRMED = Path("/etc/nexus-firewall/rules.nft")
REVERT = Path("scripts/stack/host/firewall-revert.sh")


@dataclass(frozen=True)
class Trial:
    """Rules that hold until `ends_at` only; `session` is the SSH session that applied them."""

    token: str
    ends_at: datetime
    session: str


def trial() -> Trial | None:
    """Return the trial that runs, if one does."""
    try:
        token, ends_at, session = (RUN / "armed").read_text().splitlines()
    except FileNotFoundError:
        return None
    return Trial(token, datetime.fromisoformat(ends_at), session)


def confirmed() -> str | None:
    """Return the rules that were confirmed last."""
    return CONFIRMED.read_text() if CONFIRMED.exists() else None


def apply(site: Site, rules: str, *, seconds: int, session: str) -> Trial:
    """Put rules in force for `seconds`.

    Raises Stop, and then nothing has changed; with code 3 while a trial runs.
    """
    nft.check(rules)
    RUN.mkdir(mode=0o700, exist_ok=True)
    with _lock():
        if running := trial():
            raise Stop(
                f"other rules are on trial until {running.ends_at:%H:%M:%S} UTC",
                Code.REFUSED,
                hint="`firewall confirm` keeps them, `firewall revert` takes them back",
            )
        before = confirmed() if nft.held() is not None else None
        write_atomically(RUN / "before.nft", before or NOTHING)
        write_atomically(RUN / "wanted.nft", rules)
        ends_at = datetime.now(UTC) + timedelta(seconds=seconds)
        begun = Trial(token=secrets.token_hex(8), ends_at=ends_at, session=session)
        lines = [begun.token, ends_at.isoformat(timespec="seconds"), begun.session]
        write_atomically(RUN / "armed", "".join(f"{line}\n" for line in lines))
        try:
            _start_timer(site, begun.token, seconds)
            nft.load(rules)
        except BaseException:
            (RUN / "armed").unlink()
            raise
    return begun


def confirm() -> None:
    """Keep the rules on trial, also over a reboot. Raises Stop when no trial runs any more."""
    RUN.mkdir(mode=0o700, exist_ok=True)
    with _lock():
        if not trial():
            raise Stop(
                "nothing is on trial: nothing was applied, or it has been taken back already"
            )
        CONFIRMED.parent.mkdir(exist_ok=True)
        write_atomically(CONFIRMED, (RUN / "wanted.nft").read_text())
        (RUN / "armed").unlink()


def take_back() -> None:
    """End a trial now. Raises Stop when none runs."""
    RUN.mkdir(mode=0o700, exist_ok=True)
    with _lock():
        if not trial():
            raise Stop("nothing is on trial", hint="`firewall revert --all` removes the firewall")
        nft.load((RUN / "before.nft").read_text())
        (RUN / "armed").unlink()


def remove() -> None:
    """Take our table away, now and for the next boot. Raises Stop."""
    RUN.mkdir(mode=0o700, exist_ok=True)
    with _lock():
        nft.load(NOTHING)
        CONFIRMED.unlink(missing_ok=True)
        (RUN / "armed").unlink(missing_ok=True)


def _start_timer(site: Site, token: str, seconds: int) -> None:
    script = RUN / REVERT.name
    shutil.copyfile(site.root / REVERT, script)
    command = ["/bin/sh", str(script), token, str(seconds)]
    if SYSTEMD_RUNS.exists():
        # Outside the session's group, which systemd may end together with the session.
        unit = f"--unit=nexus-firewall-revert-{token}"
        started = ["systemd-run", "--quiet", "--collect", unit, *command]
        if subprocess.run(started, check=False).returncode:
            raise Stop("the way back could not be started with systemd-run")
        return
    with (RUN / "revert.log").open("ab") as log:
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


@contextmanager
def _lock() -> Iterator[None]:
    """The script that goes back takes the same lock."""
    descriptor = os.open(RUN / "lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
