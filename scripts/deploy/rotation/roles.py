"""Passwords of PostgreSQL's roles, set as postgres by psql."""

import subprocess

from scripts.deploy.doctor.psql import FLAGS, Psql
from scripts.deploy.outcome import Stop
from scripts.deploy.rotation.verifier import scram_sha_256

APP = "nexus_app"
BRIDGE = "nexus_app_bridge"
_TIMEOUT_S = 30
# Time-outs and limits are not inherited, so they are copied.
_COPY_SETTINGS = """\
SELECT format('ALTER ROLE {bridge} SET %I TO %L',
    split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1))
FROM pg_db_role_setting, unnest(setconfig) AS setting
WHERE setrole = to_regrole('{app}') AND setdatabase = 0 \\gexec
SELECT format('ALTER ROLE {bridge} CONNECTION LIMIT %s', rolconnlimit)
FROM pg_roles WHERE rolname = '{app}' \\gexec
"""


def set_password(psql: Psql, role: str, password: str) -> None:
    """Give a role a new password; sessions that are open stay open. Raises Stop."""
    _run(psql, f"ALTER ROLE {role} PASSWORD '{scram_sha_256(password)}';\n")


def make_bridge(psql: Psql, password: str) -> None:
    """Make a second role that may do what the shop's role may, with a password of its own.

    Raises Stop.
    """
    names = {"app": APP, "bridge": BRIDGE}
    verifier = scram_sha_256(password)
    _run(
        psql,
        f"SELECT 'CREATE ROLE {BRIDGE}' WHERE to_regrole('{BRIDGE}') IS NULL \\gexec\n"
        f"GRANT {APP} TO {BRIDGE};\n"
        f"ALTER ROLE {BRIDGE} LOGIN INHERIT PASSWORD '{verifier}';\n"
        + _COPY_SETTINGS.format(**names),
    )


def drop_bridge(psql: Psql) -> None:
    """Remove the second role; it owns nothing. Raises Stop."""
    _run(psql, f"DROP ROLE IF EXISTS {BRIDGE};\n")


def is_backup_under_way(psql: Psql) -> bool:
    """Tell whether the backup's role is connected. Raises Stop."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'nexus_backup';\n"
    return _run(psql, query).strip() != "0"


def _run(psql: Psql, script: str) -> str:
    start = "\\set ON_ERROR_STOP on\n\\set VERBOSITY terse\n"
    try:
        ended = subprocess.run(
            [*psql.command, *FLAGS],
            input=start + script,
            env=psql.environment,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Stop(f"PostgreSQL could not be asked: {error}") from error
    if ended.returncode:
        reason = ended.stderr.strip() or "no reason given"
        raise Stop(f"PostgreSQL refused: {reason.splitlines()[0]}")
    return ended.stdout
