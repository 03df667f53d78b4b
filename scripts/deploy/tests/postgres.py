"""A PostgreSQL 18 of the tests' own that keeps its promises, as the shop's does."""

import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import psycopg

from scripts.deploy.doctor.psql import Psql
from scripts.embedded import POSTGRES_BIN, Servers

DEADLINE_SECONDS = 20


@dataclass(frozen=True)
class Postgres:
    """The running server; `url` is a superuser's."""

    url: str

    def connect(self, *, name: str = "test") -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True, application_name=name)

    def psql(self) -> Psql:
        command = [str(POSTGRES_BIN / "psql"), self.url]
        return Psql(command=command, environment=dict(os.environ))


@contextmanager
def durable_postgres() -> Iterator[Postgres]:
    """Start a server that syncs and archives its write-ahead log."""
    # Not one of pytest's folders: each run of pytest closes them to PostgreSQL's account again.
    with tempfile.TemporaryDirectory(prefix="nexus-doctor-") as folder:
        _set_up(Path(folder))
        with Servers(Path(folder), owner="test", only=["postgres"]) as servers:
            yield Postgres(servers.environment()["DATABASE_URL"])


def _set_up(folder: Path) -> None:
    with Servers(folder, owner="test", only=["postgres"]) as servers:
        url = servers.environment()["DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET archive_mode = 'on'")
            connection.execute("ALTER SYSTEM SET archive_command = 'true'")
            connection.execute("ALTER SYSTEM SET autovacuum_naptime = '1d'")


def eventually(is_so: Callable[[], bool]) -> None:
    """Wait until something is so. Raises AssertionError after the deadline."""
    deadline, pause = time.monotonic() + DEADLINE_SECONDS, Event()
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about in time"
        pause.wait(0.05)


def closed_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
