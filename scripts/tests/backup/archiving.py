"""A PostgreSQL that archives its changes with the stack's own archive_command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from scripts.backup.tests.checks import wait_for
from scripts.backup.tests.installation import ROOT, Server
from scripts.embedded import Servers

SCRIPT = ROOT / "scripts/stack/postgres/archive_wal.sh"


@contextmanager
def archiving_server(folder: Path, *, archive: Path) -> Iterator[str]:
    """Start the server over a new folder and give its superuser's URL."""
    archive.mkdir(parents=True, exist_ok=True)
    archive.chmod(0o777)  # PostgreSQL has an account of its own
    command = folder.parent / "archive_wal.sh"
    command.write_bytes(SCRIPT.read_bytes())
    command.chmod(0o755)
    with (
        Servers(folder, owner="test", only=["postgres"]) as servers,
        psycopg.connect(servers.environment()["DATABASE_URL"], autocommit=True) as admin,
    ):
        for name, value in {
            "archive_mode": "on",
            "archive_command": f"WAL_ARCHIVE={archive} {command} %p %f",
            "archive_timeout": "2s",
            "autovacuum": "off",
        }.items():
            admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    with Servers(folder, owner="test", only=["postgres"]) as servers:
        yield servers.environment()["DATABASE_URL"]


def archive_everything(server: Server) -> str:
    """End the segment that is being written and wait until it is archived; return its name."""
    with server.connect() as admin:
        admin.execute("SELECT pg_logical_emit_message(true, 'test', 'nothing ends no segment')")
        [[segment]] = admin.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchall()

        def is_archived() -> bool:
            newest = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"
            return bool((admin.execute(newest, [segment]).fetchone() or [None])[0])

        wait_for(is_archived)
    return str(segment)
