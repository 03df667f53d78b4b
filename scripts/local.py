"""The shop on one machine: what scripts/run.sh and scripts/manage.sh do.

The servers are embedded unless DATABASE_URL and REDIS_URL name others; everything else is what
production runs: the same settings module, Gunicorn and the job worker.
"""

import argparse
import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from rich.console import Console
from rich.status import Status

from ecommerce_backend.start import refusing_in_one_line
from scripts.embedded import (
    ServerFailed,
    die_with_parent,
    free_port,
    stop,
)
from scripts.environment import (
    READY_SECONDS,
    ROOT,
    Environment,
    app_environment,
    listening_at,
    services,
)
from scripts.welcome import welcome

PYTHON = sys.executable
RUN = "scripts/run.sh"

terminal = Console(stderr=True, highlight=False)


class Stopped(Exception):
    """Somebody asked the shop to stop."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/local.py")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run").add_argument("--reload", action="store_true")
    commands.add_parser("manage").add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    folder = (ROOT / os.environ.get("DATA_DIR", ".local")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if options.command == "manage":
            return manage(folder, options.arguments)
        return run(folder, is_reloading=options.reload)
    except ServerFailed as error:
        terminal.print(f"[bold red]✗[/] {error}", soft_wrap=True)
        return 1


def manage(folder: Path, arguments: list[str]) -> int:
    """Run a management command beside the running shop, or beside servers of its own."""
    with services(folder, owner="manage") as (environment, _servers):
        command = [PYTHON, str(ROOT / "manage.py"), *arguments]
        process = subprocess.Popen(
            command,
            env=app_environment(folder) | environment,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        with pass_on_signals(process):
            return process.wait()


def run(folder: Path, *, is_reloading: bool) -> int:
    """Serve the shop until it is told to stop; 1 when a part of it ends by itself."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    host, (_, port) = os.environ.get("HOST", "127.0.0.1"), listening_at()
    try:
        with terminal.status("Starting") as status, contextlib.ExitStack() as stack:
            status.update("Starting PostgreSQL and Valkey")
            environment, servers = stack.enter_context(services(folder, owner="run"))
            environment = app_environment(folder) | environment
            prepare(folder, environment, status)
            status.update("Starting the shop")
            if free_port(port) != port:
                raise ServerFailed(f"Port {port} is taken. Choose another: PORT={port + 1} {RUN}")
            children = start(folder, environment, f"{host}:{port}", is_reloading=is_reloading)
            for name, child in children.items():
                stack.callback(stop, child)
                if servers is not None:
                    servers.remember(name, child)
            await_ready(environment, children, folder)
            status.stop()
            welcome(terminal, folder, environment)
            watch(children, folder)
    except Stopped:
        terminal.print("Stopped.")
        return 0
    return 1


def prepare(folder: Path, environment: Environment, status: Status) -> None:
    """Bring tables, static files and the demo shop up to date."""
    status.update("Updating the tables")
    _run_step([PYTHON, "manage.py", "migrate", "--verbosity=0", "--skip-checks"], environment)
    stamp, digest = folder / "static.sha256", _static_digest()
    if not stamp.exists() or stamp.read_text() != digest:
        status.update("Collecting static files")
        collect = [PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
        _run_step(collect, environment)
        stamp.write_text(digest)
    if (scale := environment.get("DEMO", "1")) != "0":
        status.update("Filling the demo shop")
        status.stop()  # it draws bars of its own
        fill = [PYTHON, "scripts/seed_database.py", "--scale", scale]
        _run_step(fill, environment, errors=None)
        status.start()


def _run_step(
    command: list[str], environment: Environment, *, errors: int | None = subprocess.STDOUT
) -> None:
    step = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        check=False,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    if step.returncode == os.EX_CONFIG:
        raise ServerFailed(step.stdout.strip())
    if step.returncode:
        output = "\n".join(step.stdout.splitlines()[-20:])
        raise ServerFailed(f"{' '.join(command[1:])} failed:\n{output}")


def _static_digest() -> str:
    files = [ROOT / "requirements.txt", *sorted(ROOT.glob("*/static/**/*"))]
    content = b"".join(file.read_bytes() for file in files if file.is_file())
    return hashlib.sha256(content).hexdigest()


def start(
    folder: Path, environment: Environment, bind: str, *, is_reloading: bool
) -> dict[str, subprocess.Popen[bytes]]:
    """Start Gunicorn and the job worker; their logs go to the folder."""
    metrics = folder / "metrics"
    metrics.mkdir(exist_ok=True)
    web = [PYTHON, "-m", "gunicorn", "--bind", bind, "ecommerce_backend.wsgi:application"]
    worker = [PYTHON, "manage.py", "run_worker"]
    return {
        "web": _spawn(
            [*web, *(["--reload"] if is_reloading else [])],
            environment | {"PROMETHEUS_MULTIPROC_DIR": str(metrics)},
            folder / "web.log",
            signal.SIGQUIT,
        ),
        "worker": _spawn(worker, environment, folder / "worker.log", signal.SIGTERM),
    }


def _spawn(
    command: list[str], environment: Environment, log: Path, death_signal: signal.Signals
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent(death_signal),
        )


def await_ready(
    environment: Environment, children: dict[str, subprocess.Popen[bytes]], folder: Path
) -> None:
    """Wait until the shop answers on this machine, under whatever name it has outside."""
    host, port = listening_at()
    name = urlsplit(environment["SHOP_BASE_URL"]).netloc
    question = Request(f"http://{host}:{port}/health/ready/", headers={"Host": name})
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _refuse_ended(children, folder)
        with contextlib.suppress(URLError, OSError):
            urlopen(question, timeout=5).close()  # noqa: S310
            return
        time.sleep(0.1)
    raise ServerFailed(f"The shop does not answer at port {port}; see {folder}/web.log.")


def watch(children: dict[str, subprocess.Popen[bytes]], folder: Path) -> None:
    """Wait until a part of the shop ends, which none should."""
    while True:
        _refuse_ended(children, folder)
        time.sleep(0.5)


def _refuse_ended(children: dict[str, subprocess.Popen[bytes]], folder: Path) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            log = folder / f"{name}.log"
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
            if child.returncode == os.EX_CONFIG:
                raise ServerFailed(tail.splitlines()[-1])
            raise ServerFailed(
                f"{name} ended with code {child.returncode}. The end of {log}:\n{tail}"
            )


@contextlib.contextmanager
def pass_on_signals(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let a command decide what Ctrl-C and TERM mean to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to the command itself
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    yield


def _stop(*_: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # stopping is under way; let it finish
    raise Stopped


if __name__ == "__main__":
    with refusing_in_one_line():
        sys.exit(main())
