"""Packing: one tar.gz that is there whole or not at all, and that its owner alone can read."""

import io
import os
import tarfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.deploy import terminal
from scripts.deploy.outcome import Stop

_MODE = 0o600


def pack(target: Path, contents: Mapping[str, Callable[[], str]]) -> list[str]:
    """Write what can be had into an archive, and return the names of what could not.

    Raises OSError when the archive cannot be written.
    """
    partial = target.with_name(f".{target.name}.partial")
    missing = []
    folder = target.name.removesuffix(".tar.gz")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            tarfile.open(fileobj=file, mode="w:gz") as archive,
        ):
            for name, made in contents.items():
                try:
                    content = made()
                except (Stop, OSError, ValueError, KeyError) as error:
                    terminal.warn(
                        f"{name}: {str(error).splitlines()[0] if str(error) else error!r}"
                    )
                    missing.append(name)
                    continue
                _add(archive, f"{folder}/{name}", content.encode("utf-8", "replace"))
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return missing


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), _MODE, int(time.time())
    archive.addfile(member, io.BytesIO(content))
