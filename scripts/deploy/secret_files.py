"""The secrets of an installation: one file each in .production/secrets, made once, never shown."""

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from scripts.deploy.compose import docker_output
from scripts.deploy.outcome import Stop
from scripts.deploy.site import SECRETS_GROUP, Site, write_atomically

MODE = 0o440
_RANDOM_BYTES = {
    "postgres_password": 32,
    "db_owner_password": 32,
    "db_app_password": 32,
    "db_backup_password": 32,
    "redis_password": 32,
    "django_secret_key": 48,
    "jwt_signing_key": 48,
    "sandbox_webhook_secret": 48,
}
# Made of others; when one of those is changed, these are too.
_DERIVED: dict[str, Callable[[Callable[[str], str]], str]] = {
    "database_url": lambda of: f"postgresql://nexus_app:{of('db_app_password')}@db:5432/nexus",
    "database_url_owner": lambda of: (
        f"postgresql://nexus_owner:{of('db_owner_password')}@db:5432/nexus"
    ),
    "redis_cache_url": lambda of: f"redis://:{of('redis_password')}@redis-cache:6379/0",
    "redis_state_url": lambda of: f"redis://:{of('redis_password')}@redis-state:6379/0",
    "redis_acl": lambda of: redis_acl(of("redis_password")),
    "rclone_config": lambda _: "",  # the operator's, once copies go elsewhere
    "email_url": lambda _: "",  # the operator's, once there is a mail server
    "django_secret_key_previous": lambda _: "",  # until the key is changed
    "jwt_signing_key_previous": lambda _: "",
}
# Empty at first; nothing here fills or empties them again.
MAY_BE_EMPTY = frozenset(
    {"rclone_config", "email_url", "django_secret_key_previous", "jwt_signing_key_previous"}
)
BACKUP_KEY = "backup_age_identity"
MADE_HERE = frozenset(_RANDOM_BYTES) | frozenset(_DERIVED)


def redis_acl(password: str) -> str:
    """Return who may do what in Redis: the shop without administration, and a probe."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    may = "~* &* +@all -@admin -@dangerous +info +client|setinfo"
    probe = "user probe on nopass -@all +ping +info +dbsize +config|get"
    return f"user default on #{digest} {may}\n{probe}\n"


def missing(site: Site) -> list[str]:
    """Return the names of the secrets that are not there."""
    return sorted(name for name in MADE_HERE if not (site.secrets / name).exists())


def make_missing(site: Site) -> list[str]:
    """Make the secrets that are not there and return their names; none is ever made anew.

    Raises Stop when they cannot be given to the containers' group.
    """
    site.secrets.mkdir(mode=0o711, exist_ok=True)
    site.prepare()  # opens it to the backup
    made = missing(site)
    for name in made:
        if name in _RANDOM_BYTES:
            write(site, name, secrets.token_urlsafe(_RANDOM_BYTES[name]))
    for name in made:
        if name in _DERIVED:
            write(site, name, _DERIVED[name](lambda other: read(site, other)))
    return made


def derive(site: Site, *names: str) -> None:
    """Make these again of the others that they are made of. Raises Stop."""
    for name in names:
        write(site, name, _DERIVED[name](lambda other: read(site, other)))


def read(site: Site, name: str) -> str:
    return (site.secrets / name).read_text(encoding="utf-8").strip()


def write(site: Site, name: str, value: str) -> None:
    """Write a secret so that root and the containers' group alone can read it. Raises Stop."""
    path = site.secrets / name
    write_atomically(path, value, mode=MODE, group=SECRETS_GROUP)


def odd(site: Site) -> list[str]:
    """Return what is wrong with the files' modes and groups, a line each."""
    return [line for path in sorted(site.secrets.iterdir()) for line in _odd(path)]


def _odd(path: Path) -> list[str]:
    status = path.stat()
    found = []
    if status.st_mode & 0o777 != MODE:
        found.append(f"{path.name} has mode {status.st_mode & 0o777:04o}, not {MODE:04o}")
    if status.st_gid != SECRETS_GROUP and os.geteuid() == 0:
        found.append(f"{path.name} belongs to group {status.st_gid}, not {SECRETS_GROUP}")
    return found


def mend(site: Site) -> None:
    """Give the files their modes and group again. Raises Stop."""
    for path in site.secrets.iterdir():
        try:
            os.chown(path, -1, SECRETS_GROUP)
            path.chmod(MODE)
        except OSError as error:
            raise Stop(f"{path.name}: {error.strerror}", hint="Use sudo.") from error


def make_backup_key(site: Site, backup_image: str) -> None:
    """Make the key that backups are encrypted to, by the age of their image. Raises Stop."""
    command = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "age-keygen"]
    identity = docker_output([*command, backup_image]).stdout
    write(site, BACKUP_KEY, identity)
