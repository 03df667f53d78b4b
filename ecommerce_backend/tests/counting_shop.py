"""A shop with four workers that only has to count, and a Valkey of its own that a test may stop."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Barrier

import orjson
import psutil
from redis import Redis

from ecommerce_backend.tests.refusals import KEY, OTHER_KEY, ROOT
from ecommerce_backend.tests.running_shop import free_port
from scripts.embedded import Servers, read_state, stop

WORKERS = 4
START_SECONDS = 60
NOWHERE = "/api/v1/nowhere/"  # answered without a look at the database
_OF_OTHERS = ("DATABASE_", "REDIS_", "DJANGO_", "SHOP_", "JWT_", "COV_", "WEB_", "PROMETHEUS_")


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def left(self) -> int:
        """How much is left under the address's limit, by the answer's own word."""
        return self._figure("RateLimit", "r")

    @property
    def quota(self) -> int:
        return self._figure("RateLimit-Policy", "q")

    def _figure(self, header: str, parameter: str) -> int:
        found = re.search(rf'"address";{parameter}=(\d+)', self.headers.get(header, ""))
        assert found, self.headers.items()
        return int(found[1])


@dataclass(frozen=True, kw_only=True)
class CountingShop:
    port: int
    master: psutil.Process
    valkey: psutil.Process
    redis: "Redis"
    log: Path

    def ask(
        self,
        path: str = NOWHERE,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | list[tuple[str, str]] = {},  # noqa: B006
        start: Barrier | None = None,
    ) -> Answer:
        """Ask over a connection of its own; `start` lets many go at once."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.connect()
        if start:
            start.wait(30)
        began = time.monotonic()
        connection.putrequest(method, path)
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        for name, value in pairs:
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return Answer(
            status=response.status,
            headers=response.headers,
            body=content,
            seconds=time.monotonic() - began,
        )

    def crowd(self, count: int) -> list[Answer]:
        """Let this many clients ask at the same moment."""
        start = Barrier(count)
        with ThreadPoolExecutor(count) as clients:
            asking = [clients.submit(partial(self.ask, start=start)) for _ in range(count)]
            return [answer.result() for answer in asking]

    def logged(self, event: str) -> list[dict[str, object]]:
        """Return the log lines of an event so far."""
        lines = (line for line in self.log.read_bytes().splitlines() if line.startswith(b"{"))
        return [found for line in lines if (found := orjson.loads(line)).get("event") == event]


@contextmanager
def counting_shop(
    folder: Path,
    *,
    wsgi: str = "ecommerce_backend.wsgi:application",
    workers: int = WORKERS,
    **environment: str,
) -> Iterator[CountingShop]:
    """Start the shop and its Valkey, and stop both after the block."""
    port = free_port()
    given = {name: v for name, v in os.environ.items() if not name.startswith(_OF_OTHERS)}
    log = folder / "web.log"
    with Servers(folder, owner="test", throw_away=True, only=["valkey"]) as servers:
        redis_url = servers.environment()["REDIS_URL"]
        settings = {
            "DJANGO_SETTINGS_MODULE": "ecommerce_backend.settings",
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "REDIS_URL": redis_url,
            "DJANGO_SECRET_KEY": KEY,
            "JWT_SIGNING_KEY": OTHER_KEY,
            "SHOP_BASE_URL": f"http://127.0.0.1:{port}",
            "WEB_CONCURRENCY": str(workers),
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
        }
        command = [sys.executable, "-m", "gunicorn", "--preload", "-b", f"127.0.0.1:{port}", wsgi]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=given | settings | environment,
                stdout=output,
                stderr=output,
            )
        state = read_state(folder)
        assert state
        shop = CountingShop(
            port=port,
            master=psutil.Process(process.pid),
            valkey=psutil.Process(state["pids"]["valkey"]),
            redis=Redis.from_url(redis_url),
            log=log,
        )
        try:
            _await(shop, process, workers)
            yield shop
        finally:
            shop.valkey.resume()
            shop.redis.close()
            children = shop.master.children()
            stop(process, signal.SIGKILL)  # a worker that stops in order takes seconds
            for worker in children:
                worker.kill()


def _await(shop: CountingShop, process: subprocess.Popen[bytes], workers: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(shop.log.read_text())
        try:
            is_up = shop.ask("/health/live/").status == http.HTTPStatus.OK
        except OSError:
            is_up = False
        if is_up and len(shop.master.children()) == workers:
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("the shop did not answer in time")
