"""What certbot is asked to do."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

REHEARSAL = "https://acme-staging-v02.api.letsencrypt.org/directory"
_LINES = 6  # of what certbot says, enough for the authority's reason
_HABITS = ("Saving debug log", "Ask for help", "See the logfile", "Either run as root")


class Failed(Exception):
    """certbot ended badly; the message is the end of what it said."""


@dataclass(frozen=True)
class Wish:
    """Which certificate, from whom: `server` is the URL of an ACME directory, or empty."""

    name: str
    email: str = ""
    server: str = ""
    profile: str = ""
    webroot: Path = Path("/var/www/acme")
    home: Path = Path("/etc/letsencrypt")
    options: Sequence[str] = field(default_factory=tuple)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Wish":
        """Raises KeyError without DOMAIN."""
        return cls(
            name=environment["DOMAIN"],
            email=environment.get("ACME_EMAIL", ""),
            server=environment.get("ACME_SERVER", ""),
            profile=environment.get("ACME_PROFILE", ""),
        )

    @property
    def lineage(self) -> Path:
        """The folder of the newest chain and key; it is there once there has been one."""
        return self.home / "live" / self.name

    @property
    def exists(self) -> bool:
        return (self.home / "renewal" / f"{self.name}.conf").is_file()


def issue(wish: Wish, *, is_forced: bool = False, is_rehearsal: bool = False) -> None:
    """Get a certificate, unless the one there is lasts. Raises Failed."""
    who = ["--email", wish.email] if wish.email else ["--register-unsafely-without-email"]
    kind = ["--preferred-profile", wish.profile] if wish.profile else []
    until = "--force-renewal" if is_forced else "--keep-until-expiring"
    server = wish.server or (REHEARSAL if is_rehearsal else "")
    _certbot(
        wish,
        "certonly",
        *["--cert-name", wish.name, "--domain", wish.name],
        *["--webroot", "--webroot-path", str(wish.webroot)],
        *["--agree-tos", "--key-type", "ecdsa", until, *who, *kind],
        *(["--server", server] if server else []),
        *(["--dry-run"] if is_rehearsal else []),
    )


def renew(wish: Wish) -> None:
    """Renew if it is time: certbot asks the authority (ARI), else at a third of its life.

    With no certificate at all certbot calls that a success; `Wish.exists` tells. Raises Failed.
    """
    _certbot(wish, "renew", "--cert-name", wish.name, "--no-random-sleep-on-renew")


def revoke(wish: Wish, certificate: Path, *, reason: str) -> None:
    """Have a certificate declared void, that of `certificate` (a file); it stays. Raises Failed."""
    server = ["--server", wish.server] if wish.server else []
    _certbot(
        wish,
        *["revoke", "--cert-path", str(certificate), "--reason", reason],
        *["--no-delete-after-revoke", *server],
    )


def open_to_backups(home: Path) -> None:
    """Let the group read it all, keys too: without the account a restore could not renew."""
    for folder, _, files in os.walk(home):
        for path in [Path(folder), *(Path(folder, file) for file in files)]:
            if not path.is_symlink() and path.stat().st_uid == os.getuid():
                path.chmod(path.stat().st_mode | (0o050 if path.is_dir() else 0o040))


def _certbot(wish: Wish, *arguments: str) -> None:
    command = ["certbot", *arguments, "--non-interactive", "--config-dir", str(wish.home)]
    ended = subprocess.run(
        [*command, *wish.options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    open_to_backups(wish.home)
    if ended.returncode:
        lines = [line.strip() for line in ended.stdout.splitlines()]
        said = [line for line in lines if line.strip("- ") and not line.startswith(_HABITS)]
        raise Failed(" ".join(said[-_LINES:]) or f"certbot ended with {ended.returncode}")
