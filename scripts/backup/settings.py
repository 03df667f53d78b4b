"""What the operator decided, and where things lie."""

import contextlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from scripts.backup.faults import WrongSetting

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Settings:
    """One installation's. Folders need not exist; programs are looked up in `environ["PATH"]`."""

    environ: Mapping[str, str]
    database_url: str
    database_password: str
    identity: Path
    recipients: tuple[str, ...]
    sets: Path
    wal: Path
    bases: Path
    media: Path
    configuration: Path
    certificates: Path
    reports: Path | None
    release: str
    remote: str
    ping_url: str
    daily_at: tuple[int, int]

    @property
    def database(self) -> str:
        """Name of the live database."""
        return unquote(urlsplit(self.database_url).path.lstrip("/"))


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Return the settings, with defaults as in the container.

    Raises WrongSetting.
    """
    url = _given(environ, "BACKUP_DATABASE_URL") or _address(environ)
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.lstrip("/"):
        raise WrongSetting(
            "BACKUP_DATABASE_URL, or PGHOST, PGUSER and PGDATABASE, must name the database. "
            "Example: BACKUP_DATABASE_URL=postgresql://nexus_backup@db:5432/nexus"
        )
    at = _TIME.fullmatch(environ.get("BACKUP_AT") or "02:30")
    if not at:
        raise WrongSetting("BACKUP_AT must be a time of day in UTC. Example: BACKUP_AT=02:30")
    ping = _given(environ, "BACKUP_PING_URL")
    if ping and urlsplit(ping).scheme not in {"http", "https"}:
        raise WrongSetting(
            "BACKUP_PING_URL must be an address. Example: https://hc.example/ping/id"
        )
    reports = environ.get("SHOP_REPORTS_DIR", "")
    configuration = _folder(environ, "BACKUP_CONFIGURATION_DIR", "/config")
    return Settings(
        environ=environ,
        database_url=url,
        database_password=_given(environ, "BACKUP_DATABASE_PASSWORD"),
        identity=_folder(environ, "BACKUP_AGE_IDENTITY_FILE", "/run/secrets/backup_age_identity"),
        recipients=tuple(environ.get("BACKUP_AGE_RECIPIENTS", "").replace(",", " ").split()),
        sets=_folder(environ, "BACKUP_DIR", "/backups"),
        wal=_folder(environ, "BACKUP_WAL_DIR", "/wal"),
        bases=_folder(environ, "BACKUP_BASES_DIR", "/base_backups"),
        media=_folder(environ, "BACKUP_MEDIA_DIR", "/srv/media"),
        configuration=configuration,
        certificates=_folder(environ, "BACKUP_CERTIFICATES_DIR", "/etc/letsencrypt"),
        reports=Path(reports) if reports else None,
        release=re.sub(r"[^A-Za-z0-9._]", "_", _release(environ, configuration) or "unknown"),
        remote=environ.get("BACKUP_REMOTE", "").rstrip("/"),
        ping_url=ping.rstrip("/"),
        daily_at=(int(at[1]), int(at[2])),
    )


def connection(settings: Settings, database: str | None = None) -> dict[str, str]:
    """Return the environment in which PostgreSQL's programs reach this database.

    The password travels in the environment: a command line is there for every account to read.
    """
    parts = urlsplit(settings.database_url)
    found = {
        **settings.environ,
        "PGDATABASE": database or settings.database,
        "PGAPPNAME": "nexus-backup",
        "PGCONNECT_TIMEOUT": "10",
        # Digests are of text, so the text must not depend on the server's settings.
        "PGOPTIONS": "-c statement_timeout=0 -c lock_timeout=0"
        " -c idle_in_transaction_session_timeout=0 -c TimeZone=UTC -c DateStyle=ISO,YMD"
        " -c IntervalStyle=postgres -c extra_float_digits=1 -c bytea_output=hex"
        " -c client_min_messages=warning",
    }
    values = {
        "PGHOST": parts.hostname or parse_qs(parts.query).get("host", [""])[0],
        "PGPORT": str(parts.port or ""),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or "") or settings.database_password,
        "PGSSLMODE": parse_qs(parts.query).get("sslmode", [""])[0],
        "PGSSLROOTCERT": parse_qs(parts.query).get("sslrootcert", [""])[0],
    }
    return {**found, **{name: value for name, value in values.items() if value}}


def _given(environ: Mapping[str, str], name: str) -> str:
    file = environ.get(f"{name}_FILE")
    if not file:
        return environ.get(name, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise WrongSetting(f"{name}_FILE cannot be read: {file}: {error}") from error


def _address(environ: Mapping[str, str]) -> str:
    """Return the address in PostgreSQL's own variables, nothing if there is none."""
    if not environ.get("PGHOST"):
        return ""
    user, port = quote(environ.get("PGUSER", ""), safe=""), environ.get("PGPORT", "5432")
    return f"postgresql://{user}@{environ['PGHOST']}:{port}/{environ.get('PGDATABASE', '')}"


def _release(environ: Mapping[str, str], configuration: Path) -> str:
    """Return the release that runs now; this container may be older than that."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        state = json.loads((configuration / ".production" / "state.json").read_text("utf-8"))
        if release := state.get("release"):
            return str(release)
    return environ.get("SHOP_RELEASE") or environ.get("RELEASE", "")


def _folder(environ: Mapping[str, str], name: str, default: str) -> Path:
    return Path(os.path.abspath(environ.get(name) or default))  # noqa: PTH100  # links are kept
