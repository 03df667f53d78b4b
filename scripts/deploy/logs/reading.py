"""Where the lines come from: `docker compose logs`, all at once or as they are written."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from scripts.deploy.compose import Compose
from scripts.deploy.logs.lines import Entry, parse
from scripts.deploy.outcome import Stop

_STOP_SECONDS = 5


def entries(
    compose: Compose, services: Sequence[str], *, since: str, tail: str, holding: str = ""
) -> list[Entry]:
    """Return the entries of all services in the order of their times. Raises Stop.

    `holding` keeps memory small: lines without it are left out before they are read closely.
    """
    with _lines(compose, services, since=since, tail=tail, follow=False) as lines:
        read = [parse(line) for line in lines if holding in line]
    found = [entry for entry in read if entry is not None]
    return sorted(found, key=lambda entry: (entry.at is None, entry.at and entry.at.timestamp()))


def follow(compose: Compose, services: Sequence[str], *, since: str, tail: str) -> Iterator[Entry]:
    """Yield entries as they are written, until the reader or Docker stops. Raises Stop."""
    with _lines(compose, services, since=since, tail=tail, follow=True) as lines:
        for line in lines:
            entry = parse(line)
            if entry is not None:
                yield entry


@contextmanager
def _lines(
    compose: Compose, services: Sequence[str], *, since: str, tail: str, follow: bool
) -> Iterator[Iterator[str]]:
    wanted = ["--since", since] if since else []
    wanted += ["--tail", tail] if tail else []
    wanted += ["--follow"] if follow else []
    command = [*compose.arguments, "logs", "--no-color", "--timestamps", *wanted, *services]
    try:
        process = subprocess.Popen(
            command,
            env=compose.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        raise Stop("docker is not installed", hint="scripts/deploy.sh init installs it") from None
    with process:
        try:
            yield iter(process.stdout or [])
            said = process.stderr.read() if process.stderr else ""
            if process.wait():
                raise Stop((said.strip() or "docker compose logs failed").splitlines()[-1])
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
