"""An installation to back up: a database with roles as in production, files, keys, certificates."""

import dataclasses
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pyrage

from scripts.backup import sets
from scripts.backup.settings import Settings, from_environment
from scripts.embedded import POSTGRES_BIN

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
REAL_AGE = os.environ.get("BACKUP_TEST_AGE") == "real"


@dataclasses.dataclass(frozen=True)
class Server:
    """A database of a shop, and its roles, on the tests' PostgreSQL."""

    admin_url: str
    token: str

    @property
    def database(self) -> str:
        return f"shop_{self.token}"

    @property
    def backup_url(self) -> str:
        return self._url(f"backup_{self.token}", self.database)

    @property
    def owner_url(self) -> str:
        return self._url(f"owner_{self.token}", self.database)

    def _url(self, user: str, database: str) -> str:
        parts = urlsplit(self.admin_url)
        return f"postgresql://{user}:{self.token}@{parts.hostname}:{parts.port}/{database}"

    def connect(self, database: str | None = None) -> psycopg.Connection[Any]:
        """Connect as superuser."""
        base = self.admin_url.rpartition("/")[0]
        return psycopg.connect(f"{base}/{database or self.database}", autocommit=True)

    def databases(self) -> set[str]:
        """Return the names of the databases that belong to this shop or its backups."""
        with self.connect("postgres") as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database JOIN pg_roles r ON r.oid = datdba "
                "WHERE rolname IN (%s, %s)",
                [f"backup_{self.token}", f"owner_{self.token}"],
            )
            return {name for (name,) in rows}


@contextmanager
def server_with_shop() -> Iterator[Server]:
    """Give a database of its own, with a role that owns it and one that only reads and restores."""
    server = Server(os.environ["DATABASE_URL"], secrets.token_hex(4))
    owner, backup = f"owner_{server.token}", f"backup_{server.token}"
    with server.connect("postgres") as connection:
        connection.execute(f"CREATE ROLE {owner} LOGIN CREATEDB PASSWORD '{server.token}'")
        connection.execute(
            f"CREATE ROLE {backup} LOGIN CREATEDB REPLICATION PASSWORD '{server.token}' "
            "IN ROLE pg_read_all_data"
        )
        connection.execute(f"CREATE DATABASE {server.database} OWNER {owner}")
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        connection.execute((HERE / "shop.sql").read_bytes())
    try:
        yield server
    finally:
        left = server.databases()
        with server.connect("postgres") as connection:
            for name in left:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            connection.execute(f"DROP ROLE {owner}, {backup}")


@dataclasses.dataclass(frozen=True)
class Installation:
    """Folders and settings of one installation; `backup(…)` runs the real command."""

    folder: Path
    environ: dict[str, str]

    @property
    def settings(self) -> Settings:
        return from_environment(self.environ)

    def backup(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scripts.backup", *arguments],
            cwd=ROOT,
            env=self.environ | environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def begin(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scripts.backup", *arguments],
            cwd=ROOT,
            env=self.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def sets(self) -> list[sets.Set]:
        return sets.every(self.settings.sets)

    def instead_of(self, program: str, script: str) -> None:
        """Put a script in a program's place; `$REAL` in it is the program."""
        real = shutil.which(program, path=self.environ["PATH"])
        place = self.folder / "bin" / program
        place.unlink(missing_ok=True)
        place.write_text(f"#!/bin/sh\nREAL='{real}'\n{script}\n")
        place.chmod(0o755)


def install(folder: Path, server: Server) -> Installation:
    """Lay out an installation: media, settings, secrets, state, a certificate and its key."""
    programs = folder / "bin"
    programs.mkdir(parents=True)
    if not REAL_AGE:
        for name in ("age", "age-keygen"):
            script = f'exec {sys.executable} {HERE / "age_program.py"} {name} "$@"'
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)
    for name in ("sets", "wal", "bases", "reports", "media/products/1", "media/empty"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "media/products/1/front.jpg").write_bytes(b"\xff\xd8" + b"picture" * 40_000)
    (folder / "media/products/1/Größe ü.png").write_bytes(b"\x89PNG")
    (folder / "media/nothing.txt").write_bytes(b"")
    checkout = folder / "checkout"
    for name, text in {
        ".env.prod": "SHOP_DOMAIN=shop.example\n",
        ".production/secrets/django_secret_key": "s" * 50,
        ".production/secrets/backup_age_identity": "must not be in the set",
        ".production/state.json": '{"color": "blue"}',
        ".production/lock": "",
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/refs/heads/main": "c0ffee" * 6 + "c0ff\n",
        "manage.py": "code is in git",
    }.items():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(text)
    (checkout / "others").mkdir(mode=0o000)
    certificate(folder / "certificates", "shop.example")
    identity = folder / "identity.txt"
    identity.write_text(f"# made by a test\n{pyrage.x25519.Identity.generate()}\n")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "PG", "BACKUP_", "SHOP_", "COV_", "PYTEST", "RCLONE_"))
    }
    return Installation(
        folder,
        inherited
        | {
            "PATH": f"{programs}:{POSTGRES_BIN}:{os.environ['PATH']}",
            "BACKUP_DATABASE_URL": server.backup_url,
            "BACKUP_AGE_IDENTITY_FILE": str(identity),
            "BACKUP_DIR": str(folder / "sets"),
            "BACKUP_WAL_DIR": str(folder / "wal"),
            "BACKUP_BASES_DIR": str(folder / "bases"),
            "BACKUP_MEDIA_DIR": str(folder / "media"),
            "BACKUP_CONFIGURATION_DIR": str(checkout),
            "BACKUP_CERTIFICATES_DIR": str(folder / "certificates"),
            "SHOP_REPORTS_DIR": str(folder / "reports"),
            "SHOP_RELEASE": "1.4.0-rc1",
            "TMPDIR": str(folder),
        },
    )


def certificate(folder: Path, name: str) -> None:
    """Make a self-signed certificate where certbot would have it, links included."""
    archive, live = folder / "archive" / name, folder / "live" / name
    archive.mkdir(parents=True)
    live.mkdir(parents=True)
    options = f"-nodes -days 2 -subj /CN={name} -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
    files = ["-keyout", f"{archive}/privkey1.pem", "-out", f"{archive}/fullchain1.pem"]
    subprocess.run(
        ["openssl", "req", "-x509", *options.split(), *files], check=True, capture_output=True
    )
    for part in ("privkey", "fullchain"):
        (live / f"{part}.pem").symlink_to(f"../../archive/{name}/{part}1.pem")
