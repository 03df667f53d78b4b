"""Chain and key as nginx sees them: `current` is a link to a folder, changed in one step."""

import hashlib
import os
import shutil
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHAIN, KEY, CURRENT = "fullchain.pem", "privkey.pem", "current"
BOOTSTRAP = "bootstrap"  # the common name by which it is known for what it is
BOOTSTRAP_DAYS = 3650  # it only has to be there; nobody trusts it
_PROBLEM_ENDS = "("  # what OpenSSL says beyond is a place in its own source


class Refused(Exception):
    """A pair would do harm; the message says why, in one line."""


@dataclass(frozen=True)
class Pair:
    """A chain of certificates, the site's own first, and its key: PEM."""

    chain: bytes
    key: bytes

    @classmethod
    def read(cls, folder: Path) -> "Pair":
        """Raises Refused for a file that is missing."""
        try:
            return cls((folder / CHAIN).read_bytes(), (folder / KEY).read_bytes())
        except OSError as error:
            raise Refused(f"{error.filename}: {error.strerror}") from error

    def check(self, name: str) -> None:
        """See that the key fits, and that a visitor of `name` would find it valid today.

        Whether its authority is known is left open: that is the visitor's business.
        Raises Refused.
        """
        with tempfile.TemporaryDirectory() as folder:
            chain, key = Path(folder, CHAIN), Path(folder, KEY)
            chain.write_bytes(self.chain)
            key.write_bytes(self.key)  # the folder is nobody else's
            server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            try:
                server.load_cert_chain(chain, key, password="")
            except (ssl.SSLError, ValueError) as error:
                raise Refused(f"chain and key are no pair: {_said(error)}") from error
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        try:
            client.load_verify_locations(cadata=self.chain.decode("ascii", "replace"))
            _shake_hands(server, client, name)
        except ssl.SSLError as error:
            raise Refused(f"a browser would refuse it: {_said(error)}") from error

    def publish(self, tls: Path) -> bool:
        """Have nginx find it; its watcher reloads. Tell whether anything changed."""
        name = hashlib.sha256(self.chain + self.key).hexdigest()[:16]
        current = tls / CURRENT
        if current.is_symlink() and current.readlink() == Path(name) and _is_whole(current):
            return False
        partial = Path(tempfile.mkdtemp(dir=tls, prefix=".partial-"))
        for file, content in ((CHAIN, self.chain), (KEY, self.key)):
            _store(partial / file, content)
        partial.chmod(0o2750)
        shutil.rmtree(tls / name, ignore_errors=True)
        partial.rename(tls / name)
        link = tls / f".{name}"
        link.unlink(missing_ok=True)
        link.symlink_to(name)
        before = current.readlink() if current.is_symlink() else None
        link.rename(current)
        _forget(tls, keep={name, str(before)})
        return True


def bootstrap(name: str) -> Pair:
    """Make a certificate that nobody trusts, so that nginx can start. Raises Refused."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-sha256"]
    command += ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", str(BOOTSTRAP_DAYS)]
    command += ["-subj", f"/CN={BOOTSTRAP}", "-addext", f"subjectAltName=DNS:{name}"]
    with tempfile.TemporaryDirectory() as folder:
        chain, key = Path(folder, CHAIN), Path(folder, KEY)
        made = subprocess.run(
            [*command, "-keyout", str(key), "-out", str(chain)],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise Refused(f"openssl: {made.stderr.strip().splitlines()[-1]}")
        return Pair.read(Path(folder))


def _said(error: Exception) -> str:
    """Return what is wrong without where OpenSSL noticed it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return str(error).partition(_PROBLEM_ENDS)[0].strip() or type(error).__name__


def _shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    one, other = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(one, other, server_hostname=name),
        server.wrap_bio(other, one, server_side=True),
    )
    for _ in range(3):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue


def _store(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o440)  # whatever the umask: nginx reads it by its group
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _is_whole(folder: Path) -> bool:
    return all(
        (folder / file).is_file() and (folder / file).stat().st_size for file in (CHAIN, KEY)
    )


def _forget(tls: Path, *, keep: set[str]) -> None:
    """Remove pairs that neither are served nor were just now."""
    for folder in tls.iterdir():
        if folder.is_dir() and not folder.is_symlink() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
