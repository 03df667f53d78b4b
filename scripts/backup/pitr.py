"""Back to a point in time: a base backup and the changes since, replayed in a server of its own.

The live server goes on meanwhile. From the recovered one the database is dumped, and restored into
a new database beside the live one, with the same comparison as any set.
"""

import contextlib
import dataclasses
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from scripts.backup import base, create, crypt, programs, scratch, sets, trees, verify, wal
from scripts.backup.database import Session
from scripts.backup.faults import (
    DatabaseFailed,
    Fault,
    Missing,
    ToolFailed,
    Unreachable,
)
from scripts.backup.settings import Settings

_PATIENCE = 3600  # seconds until recovery must have ended
_STOP_SECONDS = 60
_CONFIGURATION = """\
listen_addresses = ''
unix_socket_directories = '{sockets}'
port = 5432
hba_file = '{folder}/hba.conf'
shared_buffers = 64MB
max_connections = 20
jit = off
archive_mode = off
# Lets it start with smaller limits than the server has that wrote the changes.
hot_standby = off
restore_command = 'test -f "{wal}/%f.gz" && gzip -dc "{wal}/%f.gz" > "%p"'
recovery_target_timeline = 'latest'
recovery_target_action = 'promote'
"""


@dataclasses.dataclass(frozen=True)
class Recovered:
    """What a recovery led to."""

    base: str
    segments: int
    last_change_at: str | None
    seconds: float


def restore(
    settings: Settings,
    name: str,
    at: datetime | None,
    say: Callable[[str], None],
    told: Callable[[Path, dict[str, Any]], None],
) -> Recovered:
    """Restore the state at this time, or the newest there is, into a new database.

    `told` gets the folder of the dump that was restored, and its manifest, before they go.
    The caller holds the lock. Raises Fault; Unreachable where no archived change leads there.
    """
    begun = time.monotonic()
    found = newest_base(settings, at)
    manifest = found.proven_manifest(settings)
    verify.check_files(found, manifest)
    with _workplace(settings) as folder:
        say(f"unpacks base backup {found.id}")
        data = folder / "data"
        data.mkdir(mode=0o700)
        _unpack(found, manifest, settings, "base.tar.gz", data)
        _unpack(found, manifest, settings, "pg_wal.tar.gz", data / "pg_wal")
        archive = folder / "wal"
        archive.mkdir()
        segments = wal.fetch(settings, archive, base.start(manifest))
        say(f"replays {len(segments)} archived files")
        with _server(settings, folder, at) as recovered:
            with Session(recovered) as session:
                last = session.value("SELECT pg_last_xact_replay_timestamp()")
            saved: dict[str, Any] = {"files": {}}
            create.save_database(recovered, folder, saved)
        say(f"restores into the new database {name}")
        scratch.create(settings, name, saved)
        try:
            scratch.fill(settings, name, folder, saved)
            scratch.compare(settings, name, saved)
            told(folder, saved)
        except BaseException:
            scratch.drop(settings, name)
            raise
    return Recovered(found.id, len(segments), last or None, time.monotonic() - begun)


def newest_base(settings: Settings, at: datetime | None) -> sets.Set:
    """Return the newest base backup that was finished before this time.

    Raises Missing, Unreachable.
    """
    whole = [one for one in sets.every(settings.bases) if one.is_whole()]
    if not whole:
        raise Missing(f"There is no base backup in {settings.bases}; `base` makes one.")
    early = [
        one
        for one in whole
        if at is None or datetime.fromisoformat(one.manifest()["finished_at"]) <= at
    ]
    if not early:
        oldest = whole[0].manifest()["finished_at"]
        raise Unreachable(f"The oldest base backup was finished at {oldest}; {at} is before it.")
    return early[-1]


@contextlib.contextmanager
def _workplace(settings: Settings) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=".pitr-", suffix=sets.PARTIAL, dir=settings.bases))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(
    found: sets.Set, manifest: dict[str, Any], settings: Settings, name: str, target: Path
) -> None:
    target.mkdir(exist_ok=True)
    plain = manifest["files"][name]["plain_sha256"]
    with crypt.opened(found.folder / f"{name}.age", settings, plain_sha256=plain) as source:
        trees.extract(source, target, compressed=True)


@contextlib.contextmanager
def _server(settings: Settings, folder: Path, at: datetime | None) -> Iterator[Settings]:
    """Run a server over the unpacked files until it has replayed; reachable by a socket alone."""
    sockets = Path(tempfile.mkdtemp(prefix="pitr-"))  # the path of a socket must be short
    account = _account(folder, sockets)
    configuration = _CONFIGURATION.format(sockets=sockets, folder=folder, wal=folder / "wal")
    if at is not None:
        configuration += f"recovery_target_time = '{at.isoformat()}'\n"
    (folder / "recovery.conf").write_text(configuration)
    (folder / "hba.conf").write_text("local all all trust\n")
    (folder / "data" / "postgresql.auto.conf").unlink(missing_ok=True)  # the live server's
    (folder / "data" / "recovery.signal").touch()
    log = folder / "server.log"
    postgres = Path(
        programs.run(["pg_config", "--bindir"], settings.environ, what="PostgreSQL")
        .decode()
        .strip()
    )
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                postgres / "postgres",
                f"--config-file={folder / 'recovery.conf'}",
                "-D",
                folder / "data",
            ],
            env=settings.environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=account,
            group=account,
            extra_groups=None if account is None else [],
        )
    recovered = _at_socket(settings, sockets)
    try:
        _await(server, recovered, log)
        yield recovered
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(sockets, ignore_errors=True)


def _at_socket(settings: Settings, sockets: Path) -> Settings:
    with Session(settings, "postgres") as session:
        user = session.value("SELECT current_user")
    url = f"postgresql://{user}@/{settings.database}?host={sockets}"
    return dataclasses.replace(settings, database_url=url)


def _await(server: subprocess.Popen[bytes], recovered: Settings, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise _why(log)
        with contextlib.suppress(DatabaseFailed), Session(recovered) as session:
            if session.value("SELECT pg_is_in_recovery()") == "f":
                return
        time.sleep(0.2)
    raise ToolFailed(f"The recovery has not ended after {_PATIENCE} s.")


def _why(log: Path) -> Fault:
    told = log.read_text(errors="replace")
    if "recovery ended before configured recovery target" in told:
        return Unreachable(
            "The archived changes end before that time. Choose an earlier one, or leave it out for "
            "the newest state there is."
        )
    fatal = [line for line in told.splitlines() if "FATAL" in line or "PANIC" in line]
    return ToolFailed(f"The recovery failed: {'; '.join(fatal) or told[-300:]}")


def _account(folder: Path, sockets: Path) -> str | None:
    """Return who runs the server: its own account where root asks, since it refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nexus-postgres"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            break
    else:
        raise ToolFailed("Run this as another account than root: PostgreSQL refuses root.")
    for path in (folder, sockets, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    return name
