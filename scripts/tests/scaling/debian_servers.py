"""What the wheel of the tests lacks: a PostgreSQL that speaks TLS, and PgBouncer."""

import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import trustme

from ecommerce_backend.tests.running_shop import free_port
from scripts.embedded import die_with_parent, postgres_account, stop
from scripts.tests.scaling.postgres import connects
from scripts.tests.scaling.shops import await_that

PASSWORD = "word-of-the-database"  # noqa: S105
POOL_SIZE = 3  # connections that many clients share


def _newest_bin() -> Path:
    versions = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return max(versions, key=lambda path: int(path.parts[-3])).parent


@contextmanager
def tls_postgres(folder: Path, *, certificate: trustme.LeafCert) -> Iterator[int]:
    """Run a PostgreSQL that takes nothing but TLS from hosts; give its port."""
    binaries, data = _newest_bin(), folder / "data"
    account = postgres_account(data)
    as_account = {"user": account, "group": account, "cwd": "/"}
    password_file = folder / "password"
    password_file.write_text(PASSWORD)
    password_file.chmod(0o644)
    command = [binaries / "initdb", "--pgdata", data, "--username=shop", "--encoding=UTF8"]
    command += ["--locale=C", "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync"]
    subprocess.run(command, check=True, capture_output=True, **as_account)  # type: ignore[call-overload]
    (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
    (data / "server.key").write_bytes(certificate.private_key_pem.bytes())
    (data / "server.crt").write_bytes(b"".join(c.bytes() for c in certificate.cert_chain_pems))
    for file in ("server.key", "server.crt", "pg_hba.conf"):
        (data / file).chmod(0o600)
        if account:
            shutil.chown(data / file, account, account)
    port = free_port()
    settings = ["ssl=on", "fsync=off", "unix_socket_directories=", f"port={port}"]
    server: list[str | Path] = [
        binaries / "postgres",
        "-D",
        data,
        *(f"--{setting}" for setting in settings),
    ]
    with _running(server, folder, account):
        url = f"postgresql://shop:{PASSWORD}@127.0.0.1:{port}/postgres?sslmode=require"
        await_that(lambda: connects(url), seconds=30)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE shop")
        yield port


@contextmanager
def pgbouncer(folder: Path, *, before: str) -> Iterator[str]:
    """Run PgBouncer in transaction mode before a database; give the address to use instead."""
    server, port = urlsplit(before), free_port()
    account = postgres_account(folder / "home")
    (folder / "users").write_text(f'"{server.username}" "{server.password}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"""[databases]
{server.path[1:]} = host={server.hostname} port={server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {POOL_SIZE}
max_client_conn = 200
"""
    )
    with _running(["pgbouncer", folder / "pgbouncer.ini"], folder, account):
        url = before.replace(f":{server.port}/", f":{port}/")
        await_that(lambda: connects(url), seconds=30)
        yield url


@contextmanager
def _running(command: Sequence[str | Path], folder: Path, account: str | None) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            cwd="/",
            user=account,
            group=account,
            extra_groups=None if account is None else [],
            preexec_fn=die_with_parent(signal.SIGINT),
        )
        try:
            yield
        finally:
            stop(process, signal.SIGINT)
