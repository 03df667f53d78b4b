"""Whether every secret is there, and can be read by the containers and by nobody else."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from scripts.deploy.findings import Finding
from scripts.deploy.preflight.verdicts import good, refusal
from scripts.deploy.secret_files import MAY_BE_EMPTY, MODE
from scripts.deploy.site import SECRETS_GROUP, Site

_DECLARED = re.compile(r"file:\s*(?:\./)?\.production/secrets/(\w+)")
_MANY = 3


def secrets(site: Site) -> Iterator[Finding]:
    names = declared(site)
    missing = [name for name in names if not (site.secrets / name).is_file()]
    if missing:
        shown = ", ".join(missing[:_MANY]) + (" …" if len(missing) > _MANY else "")
        yield refusal(
            "secrets",
            f"{len(missing)} of {len(names)} secrets are not there: {shown}.",
            where=".production/secrets",
            why="Containers that read them do not start.",
            advice="scripts/deploy.sh init makes those that are missing, and leaves the others.",
        )
    present = [site.secrets / name for name in names if name not in missing]
    findings = [*_permissions(present), *_contents(present)]
    yield from findings
    if not findings and not missing:
        yield good("secrets", f"{len(names)} files")


def declared(site: Site) -> list[str]:
    """Return the names of the secrets that the compose file mounts."""
    if not site.compose_file.exists():
        return []
    return sorted(set(_DECLARED.findall(site.compose_file.read_text(encoding="utf-8"))))


def _permissions(files: list[Path]) -> Iterator[Finding]:
    for path in files:
        status = path.lstat()
        mode = stat.S_IMODE(status.st_mode)
        repair = f"chown root:{SECRETS_GROUP} {path} && chmod 0440 {path}"
        if path.is_symlink():
            yield _bad(
                path, "is a link, and a secret must be a file", f"Put a file there: {repair}"
            )
        elif mode & 0o007:
            yield _bad(path, f"can be read by everybody (mode {mode:04o})", repair)
        elif mode != MODE:
            yield _bad(path, f"has mode {mode:04o} and must have 0440", repair)
        elif os.geteuid() == 0 and (status.st_uid, status.st_gid) != (0, SECRETS_GROUP):
            owner = f"{status.st_uid}:{status.st_gid}"
            yield _bad(path, f"belongs to {owner} and must belong to 0:{SECRETS_GROUP}", repair)


def _contents(files: list[Path]) -> Iterator[Finding]:
    seen: dict[bytes, Path] = {}
    for path in files:
        try:
            content = path.read_bytes().strip()
        except OSError as error:
            yield _bad(path, f"cannot be read ({error.strerror})", "Run scripts/deploy.sh as root.")
            continue
        if not content and path.name not in MAY_BE_EMPTY:
            yield _bad(path, "is empty", "Remove it, and scripts/deploy.sh init makes it anew.")
        elif content and content in seen:
            other = seen[content].name
            advice = f"scripts/deploy.sh secrets rotate {path.name}"
            yield _bad(path, f"holds the same as {other}", advice)
        seen[content] = path


def _bad(path: Path, what: str, advice: str) -> Finding:
    return refusal(
        "secrets",
        f"The secret {path.name} {what}.",
        where=str(path),
        why="Who reads it can read or change what customers trust the shop with, or the shop"
        " cannot start.",
        advice=advice,
    )
