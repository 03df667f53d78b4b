"""Code of release N−1 on the tables of release N (scripts/compatibility_test.sh).

The release before makes and fills a shop and serves it. Meanwhile the code here migrates the
database; then a customer of the release before, on connections that are older than the change,
buys something from the first look to the review, and again after a restart. The code here does
the same on the old rows. As a control a column is dropped: the release before must fail then.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psycopg
from rich.console import Console

from scripts.embedded import ServerFailed, Servers, die_with_parent, free_port, stop
from scripts.environment import ROOT, Environment
from scripts.release_before import NotFound, check_out, find, python_of

STAFF = ["--staff", "orders@shop.example", "--password", "demo-orders-1"]
DEMO = "0.05"
PATIENCE_SECONDS = 180
CONTROL = "ALTER TABLE cart_cartline DROP COLUMN quantity"
KEPT = {"PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "PIP_INDEX_URL", "PIP_CONFIG_FILE"}

terminal = Console(stderr=True, highlight=False, markup=False)


class Failed(Exception):
    """A step of the test did not end as it must; the message says which."""


class Code:
    """A checkout of the shop's code, and the Python that has its libraries."""

    def __init__(self, root: Path, python: str, environment: Environment) -> None:
        self.root = root
        self.python = python
        self.environment = {**environment, "PYTHONPATH": str(root)}

    @contextmanager
    def serving(self, log: Path) -> Iterator[str]:
        """Serve the shop, filling it if it is new; give its address. Raises Failed."""
        port = str(free_port())
        with log.open("ab") as output:
            shop = subprocess.Popen(
                [self.python, "-m", "scripts.local", "run"],
                cwd=self.root,
                env={**self.environment, "PORT": port},
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        try:
            address = f"http://127.0.0.1:{port}"
            _await(shop, address, log)
            yield address
        finally:
            stop(shop)

    def travel(self, address: str) -> subprocess.CompletedProcess[str]:
        """Make this release's own journey from browsing to review."""
        return self._run("-m", "scripts.journey", address, *STAFF)

    def manage(self, *arguments: str) -> None:
        """Run a management command. Raises Failed."""
        ended = self._run("-m", "scripts.local", "manage", *arguments)
        if ended.returncode:
            raise Failed(f"{' '.join(arguments)} failed:\n{ended.stdout}{ended.stderr}")
        step(f"{arguments[0]}: {ended.stdout.strip().splitlines()[-1]}")

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )


def compare(before: Code, after: Code, folder: Path) -> None:
    """Let both serve one database, and the control show that it would be seen. Raises Failed."""
    log = folder / "shop.log"
    with before.serving(log) as address:
        step("The release before serves a shop that it has made.")
        after.manage("migrate_safe")
        demand(before.travel(address), "The release before, still up")
    with before.serving(log) as address:
        demand(before.travel(address), "The release before, started again")
        after.manage("check_invariants")
    with after.serving(log) as address:
        demand(after.travel(address), "This release, on the same rows")
    with before.serving(log) as address:
        with psycopg.connect(before.environment["DATABASE_URL"]) as database:
            database.execute(CONTROL)
        journey = before.travel(address)
        if not journey.returncode:
            raise Failed(f"The release before bears {CONTROL}, so that this test proves nothing.")
        said = journey.stderr.strip().splitlines()[-1][:100]
        step(f"Control: without a column that it needs, the release before fails: {said}")


def demand(journey: subprocess.CompletedProcess[str], who: str) -> None:
    if journey.returncode:
        raise Failed(f"{who}: the journey failed.\n{journey.stdout}{journey.stderr}")
    step(f"{who}: bought, paid, shipped and reviewed.")


def step(sentence: str) -> None:
    terminal.print(f"✓ {sentence}", soft_wrap=True)


def _await(shop: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and shop.poll() is None:
        with contextlib.suppress(OSError):
            urlopen(f"{address}/health/ready/", timeout=5).close()  # noqa: S310
            return
        time.sleep(0.2)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise Failed(f"The shop did not start:\n{tail}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/compatibility_test.sh")
    parser.add_argument("ref", nargs="?", help="the release before; else the last release tag")
    ref = parser.parse_args(arguments).ref
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        before = find(ROOT, ref)
        terminal.print(f"Release before: {before.commit[:12]}, {before.reason}.", soft_wrap=True)
        with tempfile.TemporaryDirectory(prefix="nexus-before-") as name:
            folder = Path(name)
            code, shop = folder / "code", folder / "shop"
            code.mkdir()
            shop.mkdir()
            check_out(ROOT, before, code)
            python = python_of(ROOT, code)
            with Servers(folder / "servers", owner="test", throw_away=True) as servers:
                environment = {
                    **{name: text for name, text in os.environ.items() if name in KEPT},
                    **servers.environment(),
                    "DATA_DIR": str(shop),
                    "DEMO": DEMO,
                }
                compare(
                    Code(code, python, environment), Code(ROOT, sys.executable, environment), shop
                )
    except (Failed, NotFound, ServerFailed) as error:
        terminal.print(f"✗ {error}", soft_wrap=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
