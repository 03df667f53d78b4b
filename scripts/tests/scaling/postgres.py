"""A PostgreSQL primary and its streaming replica, on loopback, out of the wheel of the tests."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from ecommerce_backend.tests.running_shop import free_port
from scripts.embedded import (
    POSTGRES_ACCOUNT,
    POSTGRES_BIN,
    Servers,
    die_with_parent,
    postgres_account,
    stop,
)
from scripts.tests.scaling.shops import await_that

ACCOUNT = POSTGRES_ACCOUNT if os.geteuid() == 0 else None


@dataclass(kw_only=True)
class Replica:
    """Stops and starts again over the same folder and port."""

    folder: Path
    port: int
    url: str
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    POSTGRES_BIN / "postgres",
                    *("-D", self.folder / "data"),
                    *("-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1"),
                    *("-c", "unix_socket_directories=", "-c", "max_connections=200"),
                    *("-c", "shared_preload_libraries=", "-c", "jit=off", "-c", "fsync=off"),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=ACCOUNT,
                group=ACCOUNT,
                extra_groups=None if ACCOUNT is None else [],
                preexec_fn=die_with_parent(signal.SIGINT),
            )
        await_that(lambda: connects(self.url), seconds=30)

    def kill(self) -> None:
        """Kill -9, children and all."""
        for process in self._processes():
            process.kill()
        assert self.process
        self.process.wait()

    def suspend(self) -> None:
        for process in self._processes():
            process.suspend()

    def resume(self) -> None:
        for process in self._processes():
            process.resume()

    def delay(self, seconds: int) -> None:
        """Let it apply what was committed only so many seconds later."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET recovery_min_apply_delay = '{seconds}s'")
            connection.execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.resume()
            stop(self.process, signal.SIGINT)

    def _processes(self) -> list[psutil.Process]:
        assert self.process
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder that the account of a server can reach: those of pytest are shut again and again."""
    with tempfile.TemporaryDirectory(prefix="nexus-scaling-") as folder:
        yield Path(folder)


@contextmanager
def primary(folder: Path) -> Iterator[str]:
    """Run a server until the block ends. What it confirmed is in its log, as in production."""
    with Servers(folder, owner="scaling", throw_away=True, only=["postgres"]) as servers:
        url = servers.environment()["DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER DATABASE nexus SET synchronous_commit = on")
        yield url


@contextmanager
def replica_of(url: str, folder: Path) -> Iterator[Replica]:
    """Copy a server and follow it until the block ends."""
    data = folder / "data"
    postgres_account(data)
    subprocess.run(
        [
            POSTGRES_BIN / "pg_basebackup",
            "--dbname",
            url,
            "--pgdata",
            data,
            "-R",
            "--checkpoint=fast",
        ],
        check=True,
        user=ACCOUNT,
        group=ACCOUNT,
        extra_groups=None if ACCOUNT is None else [],
        cwd="/",
    )
    port = free_port()
    server, _, name = url.rpartition("/")
    copy = Replica(folder=folder, port=port, url=f"{server.rpartition(':')[0]}:{port}/{name}")
    copy.start()
    try:
        yield copy
    finally:
        copy.stop()


def connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
