"""The first account of the staff, who makes the others in the admin."""

import getpass
import json
import sys
from pathlib import Path

from scripts.deploy import terminal
from scripts.deploy.compose import Compose
from scripts.deploy.inside import program
from scripts.deploy.outcome import Code, Stop


def exists(compose: Compose, color: str) -> bool:
    """Tell whether anybody may administrate the shop. Raises Stop."""
    asked = compose.exec(f"web-{color}", "python", "-c", program("staff"), "exists", timeout=60)
    return bool(json.loads(asked.stdout.strip().splitlines()[-1]))


def create(compose: Compose, color: str, *, email: str, password_file: Path | None) -> None:
    """Make the account. Without an address, and nobody to ask, say how to make it later.

    Raises Stop for a password that is too easy or an address that is none.
    """
    if not email and sys.stdin.isatty():
        email = input("E-mail address of the shop's administrator (empty for later): ").strip()
    if not email:
        terminal.warn("No administrator yet: init --admin-email ADDRESS makes one.")
        return
    account = {"email": email, "password": _password(password_file)}
    ended = compose.exec(
        f"web-{color}",
        "python",
        "-c",
        program("staff"),
        "create",
        check=False,
        stdin=json.dumps(account),
        timeout=60,
    )
    if ended.returncode:
        said = (ended.stderr.strip() or "it said nothing").splitlines()[-1]
        raise Stop(f"the account could not be made: {said}", Code.REFUSED)


def _password(file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\n")
        except OSError as error:
            raise Stop(f"{file} cannot be read: {error.strerror}", Code.USAGE) from error
    if not sys.stdin.isatty():
        raise Stop("nobody can be asked for a password", Code.USAGE, hint="--admin-password-file")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise Stop("the two differ", Code.USAGE)
    return password
