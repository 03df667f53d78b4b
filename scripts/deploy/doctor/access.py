"""As whom, and over which container, PostgreSQL is asked."""

import shlex
from urllib.parse import unquote, urlsplit

from scripts.deploy.compose import Compose
from scripts.deploy.doctor.psql import Psql
from scripts.deploy.outcome import Stop
from scripts.deploy.site import Site

OWN_HOST = "db"


def access(compose: Compose) -> tuple[Psql, bool]:
    """Return how to ask the shop's database, and whether it is a managed one.

    In our own container it is asked as postgres over its socket; a managed one as the owner of the
    schema, from the backup's container, which has psql and a way there. Raises Stop.
    """
    parts = urlsplit(_owner_url(compose.site))
    executed = [*compose.arguments, "exec", "--no-TTY"]
    if not parts.hostname or parts.hostname == OWN_HOST:
        command = [*executed, "db", "psql", "--username=postgres", "--dbname=nexus"]
        return Psql(command, compose.environment), False
    password = unquote(parts.password or "")
    place = parts.netloc.rpartition("@")[2]
    address = f"postgresql://{parts.username}@{place}{parts.path}"
    if parts.query:
        address += f"?{parts.query}"
    # By standard input: every process of the machine can read arguments.
    start = (
        "IFS= read -r PGPASSWORD; export PGPASSWORD; exec psql " + shlex.quote(address) + ' "$@"'
    )
    command = [*executed, "backup", "sh", "-c", start, "sh"]
    return Psql(command, compose.environment, first_line=password), True


def _owner_url(site: Site) -> str:
    path = site.secrets / "database_url_owner"
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Stop(f"{path} cannot be read: {error.strerror}", hint="Use sudo.") from error
