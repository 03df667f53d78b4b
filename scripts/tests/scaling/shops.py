"""Web hosts of the shop: each a Gunicorn with our configuration on a port of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import httpx
import orjson
import psutil
import psycopg

from ecommerce_backend.tests.refusals import KEY, OTHER_KEY, ROOT, THIRD_KEY
from ecommerce_backend.tests.running_shop import ROOMY_LIMITS, free_port
from scripts.embedded import die_with_parent, stop

ADMIN = "admin@shop.example"
ADMIN_PASSWORD = "only-in-this-test-1"  # noqa: S105
START_SECONDS = 60
_OF_OTHERS = ("DATABASE_", "REDIS_", "DJANGO_", "SHOP_", "JWT_", "COV_", "WEB_", "PROMETHEUS_")


@dataclass(frozen=True, kw_only=True)
class WebHost:
    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options: object) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, **options)  # type: ignore[arg-type]

    def kill(self) -> None:
        """Kill -9, workers and all: a worker would go on for a moment."""
        gunicorn = psutil.Process(self.process.pid)
        for process in (gunicorn, *gunicorn.children(recursive=True)):
            process.kill()
        self.process.wait()

    def logged(self, event: str) -> list[dict[str, object]]:
        """Return the log lines of an event so far."""
        lines = (line for line in self.log.read_bytes().splitlines() if line.startswith(b"{"))
        return [found for line in lines if (found := orjson.loads(line)).get("event") == event]

    def metric(self, name: str, **labels: str) -> float:
        """Return the sum of a metric's samples that have these labels."""
        total = 0.0
        for line in httpx.get(f"{self.url}/metrics").text.splitlines():
            has_labels = all(f'{label}="{value}"' in line for label, value in labels.items())
            if line.startswith((f"{name} ", f"{name}{{")) and has_labels:
                total += float(line.rpartition(" ")[2])
        return total


def environment(**settings: str) -> dict[str, str]:
    """Return what a process of a shop in production is given, without what this one was."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(_OF_OTHERS)}
    return {
        **own,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "ecommerce_backend.settings",
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "REDIS_URL": os.environ["REDIS_URL"],
        "DJANGO_SECRET_KEY": KEY,
        "JWT_SIGNING_KEY": OTHER_KEY,
        "SHOP_SANDBOX_WEBHOOK_SECRET": THIRD_KEY,
        "SHOP_BASE_URL": "http://127.0.0.1:8000",
        "SHOP_PAYMENT_PROVIDERS": "manual,sandbox",
        "SHOP_RATE_LIMITS": ROOMY_LIMITS,
        "WEB_CONCURRENCY": "2",
        **settings,
    }


@contextmanager
def web_host(folder: Path, **settings: str) -> Iterator[WebHost]:
    """Serve the shop until the block ends; at the port of WEB_PORT, if there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    port = int(settings.pop("WEB_PORT", "") or free_port())
    log = folder / "web.log"
    own = {
        "SHOP_BASE_URL": f"http://127.0.0.1:{port}",
        "PROMETHEUS_MULTIPROC_DIR": f"{folder}/metrics",
    }
    given = environment(**own | settings)
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=given,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    host = WebHost(port=port, process=process, log=log)
    try:
        await_that(lambda: _is_up(host), of=host, seconds=START_SECONDS)
        yield host
    finally:
        stop(process)


def _is_up(host: WebHost) -> bool:
    if host.process.poll() is not None:
        raise AssertionError(host.log.read_text())
    try:
        return httpx.get(f"{host.url}/health/live/", timeout=5).is_success
    except httpx.TransportError:
        return False


def await_that(holds: Callable[[], bool], *, of: WebHost | None = None, seconds: float) -> float:
    """Ask until it holds; return the seconds it took. Raises AssertionError when time is up."""
    began, pause = time.monotonic(), Event()
    while not holds():
        waited = time.monotonic() - began
        assert waited < seconds, of.log.read_text()[-4000:] if of else f"not after {waited:.1f} s"
        pause.wait(0.02)
    return time.monotonic() - began


def run(*command: str, **settings: str) -> str:
    """Run a command of the shop, such as `manage.py migrate`, and return what it printed."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fill(database_url: str) -> None:
    """Make the tables of an empty database, and a twentieth of the demo shop in them."""
    run("manage.py", "migrate", "--verbosity=0", DATABASE_URL=database_url)
    seed = ("scripts/seed_database.py", "--scale=0.05", f"--admin-password={ADMIN_PASSWORD}")
    run(*seed, DATABASE_URL=database_url)


def new_database(name: str) -> str:
    """Return the address of a new, empty database on the server of the tests."""
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"
