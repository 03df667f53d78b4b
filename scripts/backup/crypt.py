"""Encrypt and decrypt with age, as a stream: the plain text never lies on the target's disk."""

import contextlib
import hashlib
import hmac
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from scripts.backup import programs
from scripts.backup.faults import Damaged, TargetFull, WrongKey, WrongSetting
from scripts.backup.settings import Settings
from scripts.backup.streams import CHUNK, Hashed

_SECRET = "AGE-SECRET-KEY-"  # noqa: S105
_SEAL_PURPOSE = b"nexus backup manifest 1\0"


@dataclass(frozen=True)
class Written:
    """Sizes in bytes and SHA-256, before and after encryption."""

    plain_bytes: int
    plain_sha256: str
    bytes: int
    sha256: str

    def told(self) -> dict[str, int | str]:
        """Return it as the manifest holds it."""
        return asdict(self)


class Sealed:
    """A file that is encrypted while it is written; `written` tells of it afterwards."""

    written: Written

    def __init__(self, target: Path, settings: Settings) -> None:
        self._target = target
        self._settings = settings
        self._plain, self._plain_bytes = hashlib.sha256(), 0
        self._cipher, self._bytes = hashlib.sha256(), 0
        self._trouble: OSError | None = None

    def __enter__(self) -> Self:
        command: list[str | Path] = ["age", "--encrypt"]
        for recipient in recipients(self._settings):
            command += ["--recipient", recipient]
        self._file = os.fdopen(
            os.open(self._target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        )
        self._age = programs.start(command, self._settings.environ, stdin=subprocess.PIPE)
        self._copier = threading.Thread(target=self._copy)
        self._copier.start()
        return self

    def write(self, data: bytes) -> int:
        """Encrypt some more.

        Raises TargetFull.
        """
        assert self._age.stdin is not None  # noqa: S101
        self._plain.update(data)
        self._plain_bytes += len(data)
        try:
            self._age.stdin.write(data)
        except BrokenPipeError:
            self._finish()
            raise
        return len(data)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._age.kill()
            self._end()
            return
        self._finish()

    def _finish(self) -> None:
        complaint = self._end()
        if self._trouble:
            kind = TargetFull if self._trouble.errno in programs.NO_SPACE else Damaged
            raise kind(f"{self._target}: {self._trouble.strerror}") from self._trouble
        if self._age.returncode:
            raise programs.fault(f"Encryption of {self._target.name}", complaint)
        self.written = Written(
            self._plain_bytes, self._plain.hexdigest(), self._bytes, self._cipher.hexdigest()
        )

    def _end(self) -> bytes:
        assert self._age.stdin is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):
            self._age.stdin.close()
        self._copier.join()
        complaint = self._age.stderr.read() if self._age.stderr else b""
        self._age.wait()
        for pipe in (self._age.stdout, self._age.stderr):
            if pipe is not None:
                pipe.close()
        return complaint

    def _copy(self) -> None:
        assert self._age.stdout is not None  # noqa: S101
        try:
            with self._file:
                while data := self._age.stdout.read(CHUNK):
                    self._cipher.update(data)
                    self._bytes += len(data)
                    self._file.write(data)
                self._file.flush()
                os.fsync(self._file.fileno())
        except OSError as trouble:
            self._trouble = trouble
            self._age.kill()  # nobody reads it any more, and write() must not wait for ever


@contextlib.contextmanager
def opened(file: Path, settings: Settings, *, plain_sha256: str | None = None) -> Iterator[Hashed]:
    """Give the decrypted content as a stream; at the end, hold it against its SHA-256.

    Raises WrongKey, Damaged.
    """
    with file.open("rb") as encrypted:
        age = programs.start(
            ["age", "--decrypt", "--identity", settings.identity], settings.environ, stdin=encrypted
        )
    assert age.stdout is not None  # noqa: S101
    assert age.stderr is not None  # noqa: S101
    stream = Hashed(age.stdout)
    try:
        yield stream
        while stream.read(CHUNK):
            pass
        complaint = age.stderr.read()
        age.wait()
    finally:
        age.kill()
        age.stdout.close()
        age.stderr.close()
        age.wait()
    if b"no identity matched" in complaint:
        raise WrongKey(f"{file.name} was encrypted for another key than {settings.identity}.")
    if age.returncode:
        raise programs.fault(f"{file.name} cannot be decrypted", complaint, Damaged)
    if plain_sha256 and stream.sha256.hexdigest() != plain_sha256:
        raise Damaged(f"{file.name} decrypts to another content than was saved.")


def recipients(settings: Settings) -> list[str]:
    """Return the public keys everything is encrypted for: of the key here, and further ones.

    Raises WrongSetting, ToolFailed.
    """
    return [*public_keys(settings), *settings.recipients]


def public_keys(settings: Settings) -> list[str]:
    """Return the public keys of the identity file, the newest first.

    Raises WrongSetting, ToolFailed.
    """
    _secret_keys(settings)
    told = programs.run(
        ["age-keygen", "-y", settings.identity],
        settings.environ,
        what=f"Public key of {settings.identity}",
    )
    return told.decode().split()


def seals(content: bytes, settings: Settings) -> list[str]:
    """Return what each key of the identity file makes of this content, the newest first.

    Only a holder of the key can make one, so a manifest cannot be rewritten by whoever keeps it.

    Raises WrongSetting.
    """
    return [
        hmac.new(hashlib.sha256(_SEAL_PURPOSE + key).digest(), content, hashlib.sha256).hexdigest()
        for key in _secret_keys(settings)
    ]


def _secret_keys(settings: Settings) -> list[bytes]:
    try:
        lines = settings.identity.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise WrongSetting(
            f"The key of the backups cannot be read: {settings.identity}: {error}. "
            "BACKUP_AGE_IDENTITY_FILE names it; age-keygen makes one."
        ) from error
    keys = [line.strip().encode() for line in lines if line.strip().startswith(_SECRET)]
    if not keys:
        raise WrongSetting(f"{settings.identity} holds no {_SECRET}… line. age-keygen makes one.")
    return keys
