"""Send generated requests to a real shop and look at every answer (scripts/fuzz.sh).

A shop of its own is made beside the servers that DATABASE_URL and REDIS_URL name, or beside
throw-away ones: migrated, filled with a part of the demo, served by Gunicorn with the settings of
production but for higher rate limits. Schemathesis then plays a guest, a customer and a member of
staff, side by side; at last the shop's invariants are checked.
"""

import argparse
import contextlib
import math
import os
import random
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from redis import Redis
from rich.console import Console

from scripts.embedded import ServerFailed, free_port, stop
from scripts.environment import ROOT, Environment, app_environment, services
from scripts.fuzz import control
from scripts.fuzz.players import Player, play
from scripts.fuzz.report import Report, show
from scripts.local import await_ready, prepare, start

ROLES = ("guest", "customer", "staff")
CASES = 2000
ROUNDS = 5
SPARE = 1.1  # a bit more than asked for, so that one round does
DATABASE = "nexus_fuzz"
REDIS_NUMBER = 15
MOST_WITHOUT_SUCCESS = 0.2  # of the operations
# High, so that they are not all that is tested; but for one, so that a 429 is looked at as well.
LIMITS = {
    "address": "1000000/minute",
    "user": "1000000/minute",
    "checkout-address": "1000000/minute",
    "checkout-user": "1000000/minute",
    "token-misses": "1000000/minute",
    "login-address": "1000000/minute",
    "login-account": "1000000/minute",
    "login-pair": "1000000/minute",
    "refresh-address": "1000000/minute",
    "refresh-session": "1000000/minute",
    "register-address": "5/minute",
}
LIMITED = "POST /api/v1/auth/register/"

terminal = Console(stderr=True, highlight=False)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is asked for on the command line."""

    cases: int
    seed: int
    roles: tuple[str, ...]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=CASES, help="how many at least (2000)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="else random")  # noqa: S311
    parser.add_argument("--as", dest="role", choices=ROLES, help="one kind of caller only")
    given = parser.parse_args()
    roles = (given.role,) if given.role else ROLES
    options = Options(cases=given.cases, seed=given.seed, roles=roles)
    os.environ.update(settings_of_its_own())
    terminal.print(f"Seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="nexus-fuzz-") as folder:
        try:
            return fuzz(Path(folder), options)
        except ServerFailed as error:
            terminal.print(f"✗ {error}", markup=False, style="red")
            return 1


def fuzz(folder: Path, options: Options) -> int:
    """Run all callers against a shop in this folder; 1 when an answer was not as it must be."""
    with contextlib.ExitStack() as stack:
        started, _ = stack.enter_context(services(folder, owner="fuzz"))
        environment = app_environment(folder) | started
        environment |= stack.enter_context(database_beside(environment))
        with terminal.status("Making the shop") as status:
            prepare(folder, environment, status)
        with serving(folder, environment):
            report = play_all(folder, environment, options)
        complaints = [
            *complaints_about(report, options),
            *control.complaints(folder),
            *broken_invariants(environment),
        ]
    show(report, terminal)
    for complaint in complaints:
        terminal.print(f"✗ {complaint}", markup=False, style="red")
    return 1 if complaints or report.failures else 0


def play_all(folder: Path, shop: Environment, options: Options) -> Report:
    """Go round, with another seed each time, until there were as many cases as asked for."""
    document = control.fetch_document(folder, shop)
    report = Report()
    for turn in range(ROUNDS):
        remaining = options.cases - len(report.cases)
        if remaining <= 0:
            break
        players = [
            Player(
                name=role,
                role=role,
                seed=options.seed + turn,
                cases=math.ceil(SPARE * remaining / len(options.roles)),
                document=str(document),
            )
            for role in options.roles
        ]
        if turn == 0:
            players.append(control.player(folder, document, seed=options.seed))
        with terminal.status("Asking") as status:
            play(folder, shop, players, lambda cases: status.update(f"Asking: {cases} cases"))
        report = Report.of([folder / f"{role}.jsonl" for role in options.roles])
    return report


def complaints_about(report: Report, options: Options) -> Iterator[str]:
    """Say what is missing although no single answer was wrong."""
    if len(report.cases) < options.cases:
        yield f"Only {len(report.cases)} cases were sent."
    if HTTPStatus.TOO_MANY_REQUESTS not in report.statuses(LIMITED):
        yield f"{LIMITED} never answered 429, and so nobody looked at one."
    operations, bad = report.operations(), report.never_answered_well()
    if set(options.roles) == set(ROLES) and len(bad) > MOST_WITHOUT_SUCCESS * len(operations):
        yield f"{len(bad)} of {len(operations)} operations were never seen to succeed."


@contextlib.contextmanager
def database_beside(servers: Environment) -> Iterator[Environment]:
    """Make an empty database on the server, and forget it afterwards."""
    server, _, _ = servers["DATABASE_URL"].rpartition("/")
    redis_url = f"{servers['REDIS_URL'].rpartition('/')[0]}/{REDIS_NUMBER}"
    forget = f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)'
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(forget)
        connection.execute(f'CREATE DATABASE "{DATABASE}"')
        with Redis.from_url(redis_url) as redis:
            redis.flushdb()
        try:
            yield {"DATABASE_URL": f"{server}/{DATABASE}", "REDIS_URL": redis_url}
        finally:
            connection.execute(forget)


def settings_of_its_own() -> Environment:
    """Return settings of a shop that nobody else has, whatever those of the caller are."""
    port = free_port()
    return {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DEMO": "0.05",
        "DEMO_ADMIN_PASSWORD": secrets.token_urlsafe(12),
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
        "DJANGO_SETTINGS_MODULE": "ecommerce_backend.settings",
        "JWT_SIGNING_KEY": secrets.token_urlsafe(48),
        "SHOP_BASE_URL": f"http://127.0.0.1:{port}",
        "SHOP_PAYMENT_PROVIDERS": "manual,sandbox",
        "SHOP_SANDBOX_WEBHOOK_SECRET": secrets.token_urlsafe(48),
        "SHOP_LOG_LEVEL": "WARNING",
        "SHOP_RATE_LIMITS": ",".join(f"{name}={limit}" for name, limit in LIMITS.items()),
        "WEB_CONCURRENCY": "2",
        "GUNICORN_CMD_ARGS": "--max-requests=0",  # a worker that ends in between cuts connections
    }


@contextlib.contextmanager
def serving(folder: Path, environment: Environment) -> Iterator[None]:
    """Serve the shop as long as the block lasts."""
    address = urlsplit(environment["SHOP_BASE_URL"]).netloc
    with contextlib.ExitStack() as stack:
        children = start(folder, environment, address, is_reloading=False)
        for child in children.values():
            stack.callback(stop, child)
        await_ready(environment, children, folder)
        yield


def broken_invariants(environment: Environment) -> Iterator[str]:
    """Ask the shop whether stock, money and orders still add up after all that."""
    check = subprocess.run(
        [sys.executable, "manage.py", "check_invariants"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if check.returncode:
        yield f"The invariants do not hold:\n{check.stdout}{check.stderr}"


if __name__ == "__main__":
    sys.exit(main())
