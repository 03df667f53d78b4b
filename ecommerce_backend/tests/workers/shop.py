"""A shop with three workers over the database of the tests, and clients that know who answered."""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from django.conf import settings
from django.db import connection
from rich.console import Console

from ecommerce_backend.tests.counting_shop import counting_shop

WORKERS = 3
PATIENCE = 30  # seconds until each worker has answered
_ROOMY = ",".join(f"{name}=1000000/minute" for name in settings.RATE_LIMITS)


@dataclass(frozen=True, kw_only=True)
class Shop:
    http: httpx.Client  # keeps no connection, so that any worker may answer
    pids: frozenset[int]

    def me(self, access: str, **headers: str) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {access}", **headers}
        return self.http.get("/api/v1/users/me/", headers=bearer)

    def refresh(self, token: str) -> httpx.Response:
        return self.http.post("/api/v1/auth/refresh/", json={"refresh": token})

    def admin(self, cookie: str) -> httpx.Response:
        return self.http.get(
            "/admin/", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
        )

    def by_each_worker(self, ask: Callable[[], httpx.Response]) -> list[httpx.Response]:
        """Ask until every worker has answered, and return all answers."""
        answers: list[httpx.Response] = []
        deadline = time.monotonic() + PATIENCE
        while {int(answer.headers["X-Worker"]) for answer in answers} != self.pids:
            assert time.monotonic() < deadline, "a worker does not answer"
            answers.append(ask())
        return answers

    def at_once(self, count: int, ask: Callable[[], httpx.Response]) -> list[httpx.Response]:
        """Let this many clients ask at the same moment."""
        start = Barrier(count, timeout=30)

        def go() -> httpx.Response:
            start.wait()
            return ask()

        with ThreadPoolExecutor(count) as clients:
            return [one.result() for one in [clients.submit(go) for _ in range(count)]]


@contextmanager
def past_pytest(capsys: pytest.CaptureFixture[str]) -> Iterator[Console]:
    """Give the terminal to bars and figures; only in the test itself, not in a fixture."""
    with capsys.disabled():
        yield Console(file=sys.stderr, highlight=False)


@contextmanager
def three_workers(folder: Path, *, workers: int = WORKERS, **environment: str) -> Iterator[Shop]:
    """Start it, with the keys of the tests, and stop it after the block."""
    ours = {
        "DATABASE_URL": _database_url(),
        "DJANGO_SECRET_KEY": settings.SECRET_KEY,
        "JWT_SIGNING_KEY": settings.JWT_SIGNING_KEY,
        "SHOP_BASE_URL": settings.BASE_URL,
        "SHOP_RATE_LIMITS": _ROOMY,
    }
    wsgi = "ecommerce_backend.tests.workers.wsgi:application"
    with counting_shop(folder, wsgi=wsgi, workers=workers, **(ours | environment)) as running:
        limits = httpx.Limits(max_keepalive_connections=0)
        url = f"http://127.0.0.1:{running.port}"
        with httpx.Client(base_url=url, limits=limits, timeout=60) as http:
            pids = frozenset(worker.pid for worker in running.master.children())
            yield Shop(http=http, pids=pids)


def _database_url() -> str:
    given: dict[str, Any] = connection.settings_dict
    user, password = quote(given["USER"], safe=""), quote(given["PASSWORD"], safe="")
    host = quote(given["HOST"], safe="")
    return f"postgresql://{user}:{password}@{host}:{given['PORT']}/{given['NAME']}"
