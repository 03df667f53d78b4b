"""What makes a restored database the live one, as a script for the superuser's psql.

The role of the backups owns what it restored, and may not give it away. So it writes down what has
to be done, and whoever may do it (scripts/deploy.sh restore) hands that to PostgreSQL: the owner,
the grants of the dump, the grants and settings of the live database, and the swap by renaming, in
one transaction. A script that failed can be run again: nothing is done twice.
"""

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.backup import crypt, programs
from scripts.backup.database import Session, identifier, literal
from scripts.backup.faults import DatabaseFailed
from scripts.backup.settings import Settings, connection
from scripts.backup.streams import CHUNK

_GRANTS = re.compile(rb"^\d+; .* (DEFAULT )?ACL ")


def script(settings: Settings, name: str, folder: Path, manifest: dict[str, Any]) -> str:
    """Return the script that puts the restored database in the live one's place.

    Raises DatabaseFailed, Damaged, WrongKey.
    """
    owner = identifier(manifest["database"]["owner"])
    with Session(settings, "postgres") as session:
        role = identifier(session.value("SELECT current_user"))
        live = session.has_database(settings.database)
        properties = _properties(session, settings.database, name)
    old = f"{settings.database}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    lines = [
        "\\set ON_ERROR_STOP on",
        f"\\connect {identifier(name)}",
        "BEGIN;",
        f"REASSIGN OWNED BY {role} TO {owner};",
        _grants(settings, folder, manifest),
        "COMMIT;",
        "\\connect postgres",
        "BEGIN;",
        *properties,
    ]
    if live:
        # Between the end of the sessions and the lock of the rename someone may come in: the rename
        # is then refused, and the whole is run again.
        lines += [
            "SELECT count(pg_terminate_backend(pid)) AS sessions_ended FROM pg_stat_activity",
            f"WHERE datname IN ({literal(settings.database)}, {literal(name)})",
            "AND pid <> pg_backend_pid();",
            f"ALTER DATABASE {identifier(settings.database)} RENAME TO {identifier(old)};",
        ]
    lines += [
        f"ALTER DATABASE {identifier(name)} RENAME TO {identifier(settings.database)};",
        "COMMIT;",
    ]
    if live:
        lines.append(f"\\echo kept {old}")
    return "\n".join(lines) + "\n"


def _grants(settings: Settings, folder: Path, manifest: dict[str, Any]) -> str:
    """Return the dump's grants alone, as SQL."""
    with tempfile.NamedTemporaryFile(suffix=".list") as chosen:
        listed = _through(settings, folder, manifest, ["pg_restore", "--list"])
        chosen.write(b"\n".join(line for line in listed.splitlines() if _GRANTS.match(line)))
        chosen.flush()
        if not Path(chosen.name).stat().st_size:
            return ""
        command = ["pg_restore", "--schema-only", f"--use-list={chosen.name}", "--file=-"]
        written = _through(settings, folder, manifest, command)
    kept = [line for line in written.decode().splitlines() if _is_statement(line)]
    return "\n".join(kept)


def _through(
    settings: Settings, folder: Path, manifest: dict[str, Any], command: list[str]
) -> bytes:
    file = folder / "database.dump.age"
    plain = manifest["files"]["database.dump"]["plain_sha256"]
    with tempfile.TemporaryFile() as output:
        process = programs.start(command, connection(settings), stdin=programs.PIPE, stdout=output)
        assert process.stdin is not None  # noqa: S101
        assert process.stderr is not None  # noqa: S101
        with crypt.opened(file, settings, plain_sha256=plain) as dump, process.stderr:
            try:
                while data := dump.read(CHUNK):
                    process.stdin.write(data)
                process.stdin.close()
            except BrokenPipeError:  # it has read what it needs
                pass
            complaint = process.stderr.read()
            process.wait()
        if process.returncode:
            raise programs.fault("Grants of the dump", complaint, DatabaseFailed)
        output.seek(0)
        return output.read()


def _is_statement(line: str) -> bool:
    return line.startswith(("GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES "))


def _properties(session: Session, live: str, new: str) -> list[str]:
    """Return what gives the new database the grants and settings that the live one has."""
    of_live = f"WHERE datname = {literal(live)}"
    statements = session.rows(
        f"SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC;', {literal(new)}) "  # noqa: S608
        f"FROM pg_database {of_live} AND datacl IS NOT NULL"
    )
    statements += session.rows(
        "SELECT format('GRANT %s ON DATABASE %I TO %s;', privilege_type, "  # noqa: S608
        f"{literal(new)}, CASE grantee WHEN 0 THEN 'PUBLIC' "
        "ELSE quote_ident(pg_get_userbyid(grantee)) END) "
        f"FROM pg_database, aclexplode(datacl) {of_live} AND grantee <> datdba"
    )
    statements += session.rows(
        "SELECT format('ALTER %s %I SET %I TO %L;', "  # noqa: S608
        "CASE setrole WHEN 0 THEN 'DATABASE' "
        "ELSE format('ROLE %I IN DATABASE', pg_get_userbyid(setrole)) END, "
        f"{literal(new)}, split_part(one, '=', 1), substr(one, strpos(one, '=') + 1)) "
        "FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, "
        f"unnest(setconfig) one {of_live}"
    )
    return [statement for [statement] in statements]
