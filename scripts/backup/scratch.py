"""Databases to restore into, beside the live one."""

import contextlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.backup import crypt, digests, programs
from scripts.backup.database import Session, identifier, literal
from scripts.backup.faults import Damaged, DatabaseFailed, Differs, Fault, Refused
from scripts.backup.settings import Settings, connection
from scripts.backup.streams import CHUNK

PREFIX = "nexus_scratch_"
_SERVICE = "postgres"  # the database one connects to in order to make or drop another
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@contextlib.contextmanager
def database(settings: Settings, manifest: dict[str, Any]) -> Iterator[str]:
    """Make an empty database as the saved one was, and drop it afterwards.

    Raises DatabaseFailed.
    """
    name = f"{PREFIX}{secrets.token_hex(6)}"
    create(settings, name, manifest)
    try:
        yield name
    finally:
        drop(settings, name)


def create(settings: Settings, name: str, manifest: dict[str, Any]) -> None:
    """Make an empty database with the encoding and the sorting of the saved one.

    Raises DatabaseFailed; Refused where there is a database of that name.
    """
    if not _NAME.fullmatch(name):
        raise Refused(f"{name!r} is no name for a database: lower-case letters, digits and _.")
    with Session(settings, _SERVICE) as session:
        if session.has_database(name):
            raise Refused(f"There is a database {name} already; nothing is restored over it.")
        session.rows(
            f"CREATE DATABASE {identifier(name)} TEMPLATE template0 {_locale(manifest['database'])}"
        )


def drop(settings: Settings, name: str) -> None:
    """Drop a database, whoever is connected.

    Raises DatabaseFailed.
    """
    with Session(settings, _SERVICE) as session:
        session.rows(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")


def clear_leftovers(settings: Settings) -> list[str]:
    """Drop the scratch databases of killed runs; the caller holds the lock.

    Raises DatabaseFailed.
    """
    with Session(settings, _SERVICE) as session:
        found = session.rows(
            "SELECT datname FROM pg_database WHERE datname ~ "  # noqa: S608
            f"{literal(f'^{PREFIX}[0-9a-f]{{12}}$')} AND pg_has_role(datdba, 'MEMBER')"
        )
    for [name] in found:
        drop(settings, name)
    return [name for [name] in found]


def fill(settings: Settings, name: str, folder: Path, manifest: dict[str, Any]) -> None:
    """Restore the dump of a set into an empty database, all of it or nothing.

    Owners and grants are left out, since this role may not give them; `adoption` has them.

    Raises DatabaseFailed, Damaged, WrongKey.
    """
    restore = programs.start(
        [
            "pg_restore",
            f"--dbname={name}",
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            "--no-acl",
        ],
        connection(settings, name),
        stdin=programs.PIPE,
        stdout=programs.DEVNULL,
    )
    assert restore.stdin is not None  # noqa: S101
    assert restore.stderr is not None  # noqa: S101
    complaint = b""
    try:
        file = folder / "database.dump.age"
        plain = manifest["files"]["database.dump"]["plain_sha256"]
        with crypt.opened(file, settings, plain_sha256=plain) as dump:
            with contextlib.suppress(BrokenPipeError):
                while data := dump.read(CHUNK):
                    restore.stdin.write(data)
            with contextlib.suppress(BrokenPipeError):
                restore.stdin.close()
            complaint = restore.stderr.read()
            restore.wait()
    finally:
        restore.kill()
        restore.stderr.close()
        restore.wait()
    if restore.returncode:
        raise programs.fault(f"Restore into {name}", complaint, _kind(complaint))


def _kind(complaint: bytes) -> type[Fault]:
    if b"does not appear to be a valid archive" in complaint:
        return Damaged
    # Rows that others refer to are missing: the dump does not fit together.
    return Differs if b"violates" in complaint else DatabaseFailed


def schema_digest(settings: Settings, manifest: dict[str, Any], snapshot: str) -> str:
    """Return the fingerprint that the live schema has once it was restored.

    PostgreSQL writes an expression otherwise after it read it back (`IN` over varchar, nested AND),
    so the schema as it stands would never equal a restored one. It is dumped apart from the data,
    from the same snapshot, so that it tells what the dump of the set may lack.

    Raises DatabaseFailed.
    """
    dumped = programs.run(
        [
            "pg_dump",
            "-Fc",
            "--schema-only",
            f"--snapshot={snapshot}",
            f"--exclude-extension={digests.NOT_OURS}",
        ],
        connection(settings),
        what=f"Schema of {settings.database}",
        failure=DatabaseFailed,
    )
    with database(settings, manifest) as name:
        programs.run(
            ["pg_restore", f"--dbname={name}", "--no-owner", "--no-acl", "--exit-on-error"],
            connection(settings, name),
            what=f"Schema into {name}",
            failure=DatabaseFailed,
            given=dumped,
        )
        return digests.of_schema(settings, name)


def compare(settings: Settings, name: str, manifest: dict[str, Any]) -> None:
    """Hold a restored database against the manifest: schema, rows and fingerprint of each table.

    Raises Differs, DatabaseFailed.
    """
    saved = manifest["database"]
    with Session(settings, name) as session:
        digests.compare(
            tables=(saved["tables"], digests.of_tables(session)),
            schemas=(saved["schema_digest"], digests.of_schema(settings, name)),
            sequences=(
                saved["sequences_before"],
                saved["sequences_after"],
                digests.of_sequences(session),
            ),
        )


def _locale(saved: dict[str, Any]) -> str:
    clauses = [
        f"ENCODING {literal(saved['encoding'])}",
        f"LC_COLLATE {literal(saved['collate'])}",
        f"LC_CTYPE {literal(saved['ctype'])}",
    ]
    provider = {"b": "builtin", "i": "icu", "c": "libc"}[saved["locale_provider"]]
    clauses.append(f"LOCALE_PROVIDER {provider}")
    if provider != "libc":
        clauses.append(f"{provider.upper()}_LOCALE {literal(saved['locale'])}")
    return " ".join(clauses)
